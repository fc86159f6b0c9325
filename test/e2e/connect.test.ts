import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Endpoint } from "../support/endpoint.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const run = promisify(execFile);
const cli = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

async function connect(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, PORT: String(stack.port), ANTIPHON_DATA: stack.dataDir };
  return run(process.execPath, [cli, "connect", ...args], { env }).then(
    (said) => ({ code: 0, ...said }),
    (failed) => ({ code: failed.code, stdout: failed.stdout, stderr: failed.stderr }),
  );
}

test("connect adds a bot, which then sends and receives by polling", async () => {
  const { json: account } = await stack.simulate("POST", "/accounts", { platform: "telegram" });
  const said = await connect("telegram", account.token, "--simulated");
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^Connected .+ \(channel [0-9a-f-]{36}\)\./);
  assert.ok(!said.stdout.includes(account.token));

  await using endpoint = await Endpoint.listen();
  await endpoint.register(stack, { channels: [account.id] });
  const wish = { platform: "telegram", channel: account.id, name: "Zoe" };
  const person: Person = (await stack.simulate("POST", "/people", wish)).json;
  await stack.act(person, { act: "say", text: "/start" });
  const event = await endpoint.next("/start", (one) => one.message?.text?.body === "/start");
  assert.equal(event.conversation.contact.name, "Zoe");
  const content = { text: { body: "Welcome" } };
  await stack.call("POST", "/v1/messages", { from: account.id, to: person.address, content });
  const [shown] = await stack.newOnScreen(person, 1);
  assert.equal(shown.text, "Welcome");

  const again = await connect("telegram", account.token, "--simulated");
  assert.equal(again.code, 1);
  assert.match(again.stderr, /connected already/);
});

test("connect says what is wrong in a sentence, without the token", async () => {
  const token = "987654321:AAbogusbogusbogusbogusbogusbogusbog";
  const refused = await connect("telegram", token, "--simulated");
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /Telegram refused the credentials/);
  assert.ok(!refused.stderr.includes(token));
  const malformed = await connect("telegram", "nonsense", "--simulated");
  assert.equal(malformed.code, 1);
  assert.doesNotMatch(malformed.stderr, /\bat .+:\d+/);
  const usage = await connect("telegram");
  assert.equal(usage.code, 1);
  assert.match(usage.stderr, /npm run connect -- telegram <token>/);
});
