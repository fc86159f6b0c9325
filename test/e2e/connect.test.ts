import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { Endpoint } from "../support/endpoint.ts";
import { freePort, type Person, type Stack, startStack } from "../support/stack.ts";

const run = promisify(execFile);
const cli = join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

let stack: Stack;
before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

function connect(...args: string[]): Promise<Said> {
  return connectWith({}, ...args);
}

async function connectWith(settings: Record<string, string>, ...args: string[]): Promise<Said> {
  const place = { PATH: process.env.PATH, PORT: String(stack.port), ANTIPHON_DATA: stack.dataDir };
  const env = { ...place, ...settings };
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

test("connect finds the gateway by the HOST that it was started with", async () => {
  const port = String(await freePort());
  for (const [HOST, reached] of [
    ["::1", `http://[::1]:${port}`],
    ["::", `http://[::1]:${port}`],
    ["0.0.0.0", `http://127.0.0.1:${port}`],
    ["127.0.0.2", `http://127.0.0.2:${port}`],
  ] as const) {
    const { code, stderr } = await connectWith({ HOST, PORT: port }, "telegram", "1:x");
    assert.equal(code, 1);
    assert.ok(stderr.startsWith(`The gateway does not answer at ${reached} (`), stderr);
  }
  const everywhere = await connectWith({ HOST: "0.0.0.0" }, "telegram", "nonsense", "--simulated");
  assert.doesNotMatch(everywhere.stderr, /does not answer/);
});

test("connect tells a wrong setting in the gateway's own sentence", async () => {
  const { code, stderr } = await connectWith({ PORT: "eighty", HOST: "a b" }, "telegram", "1:x");
  assert.equal(code, 1);
  const [port, host, ...rest] = stderr.trimEnd().split("\n");
  assert.match(port ?? "", /^PORT is "eighty"; it must be a port/);
  assert.match(host ?? "", /^HOST is "a b"; it must be an address/);
  assert.deepEqual(rest, []);
});
