import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { eventually } from "../support/eventually.ts";
import { type Person, type Stack, startStack } from "../support/stack.ts";

const run = promisify(execFile);
const root = join(import.meta.dirname, "..", "..");
const cli = join(root, "src", "cli", "main.ts");

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

/** What stands in capitals in a page, by the field of the simulated account. */
const placeholders: Record<string, Record<string, string>> = {
  telegram: { BOT_TOKEN: "token", BOT_ID: "id" },
  whatsapp: { PHONE_NUMBER_ID: "id", ACCESS_TOKEN: "token", APP_SECRET: "app_secret", WABA_ID: "waba_id" },
  messenger: { PAGE_ID: "id", ACCESS_TOKEN: "token", APP_ID: "app_id", APP_SECRET: "app_secret" },
  instagram: { INSTAGRAM_ID: "id", ACCESS_TOKEN: "token", APP_ID: "app_id", APP_SECRET: "app_secret" },
};

/** What a page names besides: a secret that is not in force any more. */
const oldSecret = "0123456789abcdef0123456789abcdef";

/** The shell blocks of a page, in its order, without the indent of a list. */
function blocksOf(page: string): string[] {
  const text = readFileSync(join(root, "docs", page), "utf8");
  return [...text.matchAll(/^( *)```sh\n([\s\S]*?)^ *```$/gm)].map(([, indent, block]) =>
    block!.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/** Types a block as it stands, but for the addresses, the key and the account of this test. */
async function type(block: string, values: Record<string, string>): Promise<string> {
  const here = block
    .replaceAll("http://127.0.0.1:8080", stack.url)
    .replaceAll("http://127.0.0.1:8081", stack.simulatorUrl)
    .replaceAll(/^npm run connect -- (.*)$/gm, `${process.execPath} ${cli} connect $1 --simulated`)
    .replaceAll(/\b[A-Z]+(?:_[A-Z]+)*\b/g, (word) => values[word] ?? word);
  const env = { PATH: process.env.PATH, PORT: String(stack.port), ANTIPHON_DATA: stack.dataDir };
  const { stdout } = await run("bash", ["-ec", here], { env });
  return stdout;
}

for (const [platform, fields] of Object.entries(placeholders)) {
  test(`docs/connecting-${platform}.md: each command does what the page says, up to the first tap`, async () => {
    const blocks = blocksOf(`connecting-${platform}.md`);
    const isNewAccount = (block: string) => block.includes("/simulator/accounts");
    const account = JSON.parse(await type(blocks.find(isNewAccount)!, {}));
    const person: Person = (
      await stack.simulate("POST", "/people", { platform, channel: account.id, name: "Ana" })
    ).json;
    const values: Record<string, string> = {
      YOUR_KEY: stack.key,
      PERSON: person.address,
      OLD_SECRET: oldSecret,
    };
    for (const [word, field] of Object.entries(fields)) values[word] = account[field];

    const [connect, ...rest] = blocks.filter((block) => !isNewAccount(block));
    assert.match(await type(connect!, values), new RegExp(`receives +yes[\\s\\S]*"from": "${account.id}"`));
    const looks: string[] = [];
    for (const block of rest) {
      if (block.includes("/v1/events")) {
        looks.push(await (looks.length === 0 ? written(block) : tapped(block)));
        continue;
      }
      const answer = JSON.parse(await type(block, values));
      assert.equal(answer.code, undefined, JSON.stringify(answer));
      if (block.includes("/check")) assert.deepEqual(answer.advice.filter(isToDo), []);
    }
    assert.equal(looks.length, 2);
    assert.deepEqual(JSON.parse(looks[1]!), { id: "call_yes", title: "Yes" });

    async function written(block: string): Promise<string> {
      await stack.act(person, { act: "say", text: "Hello" });
      return eventually("what Ana wrote", async () => {
        const [event] = JSON.parse(await type(block, values)).data;
        const isHers = event?.channel.platform === platform && event.message.text?.body === "Hello";
        return isHers ? event.message.from : undefined;
      });
    }

    async function tapped(block: string): Promise<string> {
      await eventually("the buttons", async () => {
        const { status } = await stack.act(person, { act: "tap", button: "Yes" });
        return status === 200 || undefined;
      });
      return eventually("her tap", async () => {
        const [event] = JSON.parse(await type(block, values)).data;
        const reply = event?.message.interactive?.button_reply;
        return event?.channel.platform === platform && reply ? JSON.stringify(reply) : undefined;
      });
    }
  });
}

test("each placeholder of a page is one that the test fills in", () => {
  for (const [platform, fields] of Object.entries(placeholders)) {
    const words = blocksOf(`connecting-${platform}.md`).flatMap((block) => [
      ...block.matchAll(/\b[A-Z]{2,}(?:_[A-Z]+)+\b|\bPERSON\b/g),
    ]);
    const known = ["YOUR_KEY", "PERSON", "OLD_SECRET", ...Object.keys(fields)];
    for (const [word] of words) assert.ok(known.includes(word), `${platform}: ${word}`);
  }
});

/** All but what to look at while nobody has written. */
function isToDo(advice: string): boolean {
  return !advice.startsWith("Nobody has written yet");
}
