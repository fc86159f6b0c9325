import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Answer, type Person, type Stack, startStack } from "../support/stack.ts";

let first: Stack;
let simulator: Stack;
let gateway: Stack;
let bot: Person;
let number: Person;

before(async () => {
  first = await startStack();
  await first.stop();
  simulator = await startStack({ command: "simulator", from: first });
  gateway = await startStack({ command: "serve", from: first });
  [bot] = (await simulator.people("telegram")) as [Person];
  [number] = (await simulator.people("whatsapp")) as [Person];
});
after(async () => {
  await gateway.stop();
  await simulator[Symbol.asyncDispose]();
});

const text = (body: string, person = bot) => ({
  from: person.channel,
  to: person.address,
  content: { text: { body } },
});
const post = (path: string, body: unknown, key: string, headers: Record<string, string> = {}) =>
  gateway.call("POST", path, body, { "idempotency-key": key, ...headers });

/** How often a text stands on a person's screen once everything that was accepted has left. */
async function shown(body: string, person = bot): Promise<number> {
  const counts = await eventually("an empty queue", async () => {
    const { json } = await gateway.call("GET", "/v1/messages?status=accepted");
    const sending = await gateway.call("GET", "/v1/messages?status=sending");
    return json.data.length + sending.json.data.length === 0 ? await simulator.screen(person) : undefined;
  });
  return counts.filter((message) => message.text === body).length;
}

function assertReplayed(answer: Answer, original: Answer): void {
  assert.equal(answer.text, original.text);
  assert.equal(answer.status, original.status);
  assert.equal(answer.headers["content-type"], original.headers["content-type"]);
  assert.equal(original.headers["idempotency-replayed"], undefined);
  assert.equal(answer.headers["idempotency-replayed"], "true");
}

async function assertRefused(answering: Promise<Answer>, status: number, code: string): Promise<Answer> {
  const answer = await answering;
  assert.deepEqual([answer.status, answer.json.code], [status, code]);
  return answer;
}

test("the same key and body get the first answer byte for byte, and one message leaves", async () => {
  const original = await post("/v1/messages", text("once"), "once");
  assert.equal(original.status, 202);
  const reordered = JSON.stringify(Object.fromEntries(Object.entries(text("once")).reverse()), null, 2);
  for (const [body, key] of [
    [text("once"), "once"],
    [text("once"), '"once"'],
    [reordered, "once"],
  ] as const) {
    assertReplayed(await post("/v1/messages", body, key), original);
  }
  assert.equal(await shown("once"), 1);
});

test("the drop-in's answer is given again too, with its wamid", async () => {
  const path = `/v25.0/${number.channel}/messages`;
  const body = { messaging_product: "whatsapp", to: number.address, type: "text", text: { body: "drop" } };
  const original = await post(path, body, "drop");
  assert.match(original.json.messages[0].id, /^wamid\./);
  assertReplayed(await post(path, body, "drop"), original);
  const reused = await post(path, { ...body, text: { body: "drip" } }, "drop");
  assert.deepEqual([reused.status, reused.json.error.code], [400, 100]);
  assert.match(reused.json.error.error_data.details, /another body/);
  assert.equal(await shown("drop", number), 1);
});

test("another body under the same key is refused, and the first answer stands", async () => {
  const original = await post("/v1/messages", text("mine"), "reused");
  await assertRefused(post("/v1/messages", text("yours"), "reused"), 422, "idempotency_key_reused");
  await assertRefused(post("/v1/messages", { nonsense: 1 }, "reused"), 422, "idempotency_key_reused");
  assertReplayed(await post("/v1/messages", text("mine"), "reused"), original);
  assert.equal(await shown("yours"), 0);
});

test("another key, another path and no key are requests of their own", async () => {
  const ids = new Set<string>();
  const body = text("again and again");
  for (const key of ["a", "b"]) ids.add((await post("/v1/messages", body, key)).json.id);
  for (let n = 0; n < 2; n++) ids.add((await gateway.call("POST", "/v1/messages", body)).json.id);
  const preview = await post("/v1/messages/preview", body, "a");
  assert.deepEqual([preview.status, preview.headers["idempotency-replayed"]], [200, undefined]);
  assert.equal(ids.size, 4);
  assert.equal(await shown("again and again"), 4);
});

test("a hundred twins at once make one message, and all get its answer", async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => post("/v1/messages", text("twins"), "twins")),
  );
  assert.equal(new Set(answers.map((answer) => answer.text)).size, 1);
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [202]);
  assert.equal(answers.filter(({ headers }) => headers["idempotency-replayed"] === undefined).length, 1);
  assert.equal(await shown("twins"), 1);
});

test("a sender that hangs up while its request is under way gets the answer when it asks again", async () => {
  const pause = (paused: boolean) => gateway.call("PATCH", `/v1/channels/${bot.channel}`, { paused });
  await pause(true);
  const quoted = await gateway.call("POST", "/v1/messages", text("quoted"));
  // Its acceptance waits until what it quotes has left.
  const body = { ...text("hung up"), context: { message_id: quoted.json.id } };
  const asking = httpRequest(`${gateway.url}/v1/messages`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${gateway.key}`,
      "content-type": "application/json",
      "idempotency-key": "hung-up",
    },
  });
  asking.on("error", () => {});
  asking.end(JSON.stringify(body), () => asking.destroy());
  await new Promise((resolve) => asking.once("close", resolve));
  const again = post("/v1/messages", body, "hung-up");
  await pause(false);
  const { status, text: answer } = await again;
  assert.equal(status, 202, answer);
  assert.equal((await post("/v1/messages", body, "hung-up")).text, answer);
  assert.equal(await shown("hung up"), 1);
});

test("a refusal is not kept: the key is free for the corrected request", async () => {
  const empty = text("");
  for (let n = 0; n < 2; n++) {
    const refused = await assertRefused(post("/v1/messages", empty, "corrected"), 422, "invalid_message");
    assert.equal(refused.headers["idempotency-replayed"], undefined);
  }
  const original = await post("/v1/messages", text("corrected"), "corrected");
  assert.equal(original.status, 202);
  assertReplayed(await post("/v1/messages", text("corrected"), "corrected"), original);
  await assertRefused(post("/v1/endpoints", { url: "nowhere" }, "corrected"), 422, "endpoint_not_allowed");
  assert.equal((await post("/v1/messages/preview", text("x"), "corrected")).status, 200);
});

test("a key that is none is refused before anything is done", async () => {
  for (const key of ["", "a b", '"open', "k".repeat(256)]) {
    await assertRefused(post("/v1/messages", text("no key"), key), 400, "invalid_idempotency_key");
  }
  const cloud = await post(`/v25.0/${number.channel}/messages`, {}, "a b");
  assert.deepEqual([cloud.status, cloud.json.error.code], [400, 100]);
  assert.equal(await shown("no key"), 0);
  const asked = await gateway.call("GET", "/v1/channels", undefined, { "idempotency-key": "a b" });
  assert.equal(asked.status, 200, "only a POST has a key");
});

test("every other POST does its work once as well, and its answer comes again, a secret included", async () => {
  const url = "https://hooks.example.com/antiphon";
  const made = await post("/v1/endpoints", { url }, "made");
  assert.equal(made.status, 201);
  assert.match(made.json.secret, /^whsec_/);
  assertReplayed(await post("/v1/endpoints", { url }, "made"), made);
  assert.equal((await gateway.call("GET", "/v1/endpoints")).json.data.length, 1);

  const path = `/v1/endpoints/${made.json.id}/test`;
  const tested = await post(path, undefined, "tested");
  assert.equal(tested.status, 202);
  assertReplayed(await post(path, undefined, "tested"), tested);
  assert.equal((await gateway.call("GET", "/v1/events?type=endpoint.test")).json.data.length, 1);

  const app = { app_id: "123456", app_secret: "s3cret-of-an-app-that-is-known" };
  const known = await post("/v1/apps", app, "known");
  assert.equal(known.status, 201);
  assertReplayed(await post("/v1/apps", app, "known"), known);

  const checked = await post(`/v1/channels/${bot.channel}/check`, {}, "checked");
  assert.equal(checked.status, 200);
  assertReplayed(await post(`/v1/channels/${bot.channel}/check`, {}, "checked"), checked);
});

/** In the platform's place: fulfils `asked` when a bot is asked who it is, and never answers that. */
async function silentPlatform() {
  const asked = Promise.withResolvers<void>();
  const server = createServer((request, response) => {
    if (request.url?.endsWith("/getMe")) asked.resolve();
    else response.writeHead(500).end("{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { port, asked: asked.promise, [Symbol.dispose]: close };
}

test("answers come again after a kill; what it cut short is told, and not done again", async () => {
  const sent = await post("/v1/messages", text("before the kill"), "message");
  const app = { app_id: "777", app_secret: "s3cret-of-an-app-that-is-known" };
  const known = await post("/v1/apps", app, "app");
  assert.equal(await shown("before the kill"), 1);
  await gateway.stop("SIGKILL");

  using platform = await silentPlatform();
  const env = { SIMULATOR_PORT: String(platform.port) };
  gateway = await startStack({ command: "serve", from: first, env });
  const check = `/v1/channels/${bot.channel}/check`;
  const cut = post(check, {}, "cut").catch(() => "cut");
  await platform.asked;
  await gateway.stop("SIGKILL");
  assert.equal(await cut, "cut");

  gateway = await startStack({ command: "serve", from: first });
  assertReplayed(await post("/v1/messages", text("before the kill"), "message"), sent);
  assertReplayed(await post("/v1/apps", app, "app"), known);
  for (let n = 0; n < 2; n++) {
    const told = await assertRefused(post(check, {}, "cut"), 409, "idempotency_key_interrupted");
    assert.match(told.json.detail, /began at 20.*Look before you repeat it with a new key/);
  }
  assert.equal((await post(check, {}, "new")).status, 200);
  assert.equal(await shown("before the kill"), 1);
});

test("the API key of the start with another secret still knows its answers", async () => {
  const original = await post("/v1/messages", text("two secrets"), "shared");
  for (const key of ["another-key-0123456789", gateway.key]) {
    await gateway.stop();
    gateway = await startStack({ command: "serve", from: first, env: { ANTIPHON_API_KEY: key } });
    assertReplayed(await post("/v1/messages", text("two secrets"), "shared"), original);
  }
  assert.equal(await shown("two secrets"), 1);
});
