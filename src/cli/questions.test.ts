import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import { Questions } from "./questions.ts";

/** A terminal, or a pipe, and all that is written to whoever sits there. */
function seat(isTTY: boolean) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const output = new PassThrough().setEncoding("utf8");
  let shown = "";
  output.on("data", (text: string) => {
    shown += text;
  });
  return { input, questions: new Questions(input, output), shown: () => shown };
}

test("a terminal shows the prompts and what is typed, and never a secret", async () => {
  const { input, questions, shown } = seat(true);
  const page = questions.ask("Page ID> ");
  input.write("1234\r");
  assert.equal(await page, "1234");
  const token = questions.ask("Token> ", true);
  input.write(" EAAsecret \r");
  assert.equal(await token, "EAAsecret");
  const app = questions.ask("App ID> ");
  input.write("5678\r");
  assert.equal(await app, "5678");
  questions.close();
  assert.match(shown(), /Page ID> [\s\S]*1234[\s\S]*Token> \n[\s\S]*App ID> [\s\S]*5678/);
  assert.ok(!shown().includes("secret"), shown());
});

test("of several lines pasted at once each is an answer, and none behind the first is shown", async () => {
  const { input, questions, shown } = seat(true);
  const page = questions.ask("Page ID> ");
  input.write("1234\rEAAsecret\r");
  assert.equal(await page, "1234");
  assert.equal(await questions.ask("Token> ", true), "EAAsecret");
  questions.close();
  assert.ok(!shown().includes("secret"), shown());
});

test("only a yes on a terminal is a yes", async () => {
  for (const [typed, answer] of [
    ["y", true],
    ["Yes", true],
    ["", false],
    ["no", false],
    ["yesterday", false],
  ] as const) {
    const { input, questions } = seat(true);
    const asked = questions.confirm("Take it over?");
    input.write(`${typed}\r`);
    assert.equal(await asked, answer, typed);
    questions.close();
  }
  const { input, questions } = seat(false);
  input.end("y\n");
  assert.equal(await questions.confirm("Take it over?"), false);
});

test("a pipe gives a line an answer without a word, and nothing at its end", async () => {
  const { input, questions, shown } = seat(false);
  input.end("1234\n\nEAAsecret");
  assert.equal(await questions.ask("Page ID> "), "1234");
  assert.equal(await questions.ask("App ID> "), "");
  assert.equal(await questions.ask("Token> ", true), "EAAsecret");
  assert.equal(await questions.ask("App secret> ", true), "");
  questions.close();
  assert.equal(shown(), "");
});
