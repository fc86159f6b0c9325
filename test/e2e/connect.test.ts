import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { Endpoint } from "../support/endpoint.ts";
import { freePort, type Person, type Stack, send, startStack } from "../support/stack.ts";

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

function connectWith(settings: Record<string, string>, ...args: string[]): Promise<Said> {
  return typing("", settings, ...args);
}

/** With `input` as what is piped into it. */
async function typing(input: string, settings: Record<string, string>, ...args: string[]): Promise<Said> {
  const place = { PATH: process.env.PATH, PORT: String(stack.port), ANTIPHON_DATA: stack.dataDir };
  const child = spawn(process.execPath, [cli, "connect", ...args], { env: { ...place, ...settings } });
  const exited = once(child, "exit");
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = await exited;
  return { code, stdout, stderr };
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
  const empty = await connect("telegram", "--simulated");
  assert.equal(empty.code, 1);
  assert.match(empty.stderr, /bot_token: A Telegram channel needs a bot_token\. From @BotFather/);
});

test("connect without a platform, or with one that is none, says what to type", async () => {
  for (const args of [[], ["signal"]]) {
    const { code, stderr } = await connect(...args);
    assert.equal(code, 1);
    assert.match(stderr, /npm run connect -- telegram bot_token=…/);
    assert.match(
      stderr,
      /npm run connect -- whatsapp phone_number_id=… access_token=… app_secret=… \[waba_id=…\]/,
    );
  }
  const option = await connect("telegram", "--force");
  assert.equal(option.stderr, "There is no option --force; there are --simulated and --take-over.\n");
  const field = await connect("telegram", "page_id=1");
  assert.match(field.stderr, /^page_id is no field of Telegram, which takes bot_token\./);
});

test("connect asks for each field in the platform's order, and takes them from a pipe", async () => {
  const { json: account } = await stack.simulate("POST", "/accounts", { platform: "whatsapp" });
  const fields = [account.id, account.token, account.app_secret, account.waba_id, "", ""];
  const said = await typing(fields.join("\n"), {}, "whatsapp", "--simulated", "name=Front desk");
  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^Connected Front desk \(channel [0-9a-f-]{36}\)\.\n/);
  assert.ok(said.stdout.includes(account.display_phone_number), said.stdout);
  assert.match(said.stdout, /receives +yes, at http:\/\/127\.0\.0\.1:\d+\/webhooks\/whatsapp\//);
  assert.ok(said.stdout.includes(`"from": "${account.id}"`));
  assert.equal(said.stderr, "");
  for (const secret of [account.token, account.app_secret]) assert.ok(!said.stdout.includes(secret));
});

test("connect asks for an app's secret once, and tells what its dashboard shows", async () => {
  const wish = { platform: "messenger", app: "Shop" };
  const page = async () => (await stack.simulate("POST", "/accounts", wish)).json;
  const [first, second] = [await page(), await page()];
  const type = ({ id, token, app_id }: Record<string, string>, secret: string) =>
    typing([id, token, app_id, secret, ""].join("\n"), {}, "messenger", "--simulated");
  const early = await type(first, "");
  assert.equal(early.code, 1);
  assert.match(early.stderr, /\n {2}app_secret: A Messenger channel needs its app_secret\./);
  assert.equal((await type(first, first.app_secret)).code, 0);
  const said = await type(second, "");
  assert.equal(said.code, 0, said.stderr);
  const app = (await stack.call("GET", `/v1/apps/${first.app_id}`)).json;
  assert.equal(app.channels.length, 2);
  assert.ok(said.stdout.includes(`verify token   ${app.verify_token}`), said.stdout);
  assert.match(said.stdout, new RegExp(`receives +yes, at http://127.0.0.1:\\d+/webhooks/meta/${app.id}`));
  assert.match(said.stdout, /Messenger +Simulated page \d+, m\.me\//);
});

test("a token that is typed again with --take-over takes the old one's place", async () => {
  for (const platform of ["telegram", "whatsapp", "messenger"]) {
    const wish = { platform, ...(platform === "messenger" && { app: "Renewed" }) };
    const { json: account } = await stack.simulate("POST", "/accounts", wish);
    const typed = ({ token }: { token: string }) => {
      const { id, app_id, app_secret, waba_id } = account;
      if (platform === "telegram") return [`bot_token=${token}`];
      const own =
        platform === "messenger" ? [`page_id=${id}`, `app_id=${app_id}`] : [`phone_number_id=${id}`];
      const more = waba_id ? [`waba_id=${waba_id}`] : [];
      return [...own, ...more, `access_token=${token}`, `app_secret=${app_secret}`];
    };
    const first = await connect(platform, "--simulated", ...typed(account));
    assert.equal(first.code, 0, first.stderr);
    const { json: renewed } = await stack.simulate("POST", `/accounts/${account.id}/token`);
    const again = await connect(platform, "--simulated", "--take-over", ...typed(renewed));
    assert.equal(again.code, 0, again.stderr);
    assert.match(again.stdout, /receives +yes/);
    assert.doesNotMatch(again.stdout, /To do:/);
  }
});

test("connect tells what the token lacks, and what to do about it", async () => {
  const wish = { platform: "messenger", app: "Café", permissions: "pages_messaging" };
  const { json: page } = await stack.simulate("POST", "/accounts", wish);
  const fields = {
    page_id: page.id,
    access_token: page.token,
    app_id: page.app_id,
    app_secret: page.app_secret,
  };
  const values = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
  const said = await connect("messenger", "--simulated", ...values);
  assert.match(said.stdout, /permissions +missing: pages_manage_metadata/);
  assert.match(said.stdout, /receives +not yet\. subscription of the account: /);
  assert.match(said.stdout, /To do: The token lacks pages_manage_metadata: make a new one/);
});

test("connect takes fields by name, and over what another program receives only with --take-over", async () => {
  const { json: account } = await stack.simulate("POST", "/accounts", { platform: "telegram" });
  const url = `${stack.simulatorUrl}/bot${account.token}/setWebhook`;
  await send(url, "POST", { url: "https://old.example/hook" }, {});
  const args = ["telegram", `bot_token=${account.token}`, "--simulated"];
  const left = await connect(...args);
  assert.equal(left.code, 1);
  assert.match(left.stderr, /receives +not yet\. .*old\.example.*--take-over/);
  const moved = await connect(...args, "--take-over");
  assert.equal(moved.code, 0, moved.stderr);
  assert.match(moved.stdout, /receives +yes, by polling/);
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
