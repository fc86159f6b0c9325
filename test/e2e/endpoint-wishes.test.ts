import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { Webhook } from "standardwebhooks";
import { eventually } from "../support/eventually.ts";
import {
  entry,
  envelope,
  type MetaNumber,
  postSigned,
  signature,
  whatsappNumber,
} from "../support/meta-webhook.ts";
import { type Answer, freePort, type Person, type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let ana: Person;

before(async () => {
  stack = await startStack();
  number = await whatsappNumber(stack);
  [ana] = (await stack.people("whatsapp")) as [Person];
});
after(() => stack[Symbol.asyncDispose]());

interface Got {
  body: string;
  headers: IncomingHttpHeaders;
}

/** A customer's server: keeps what it gets, and answers as a test wants. */
class Hook {
  readonly got: Got[] = [];
  answer: number | "hang" = 204;
  /** Requests that got no answer, and were given up. */
  givenUp = 0;
  readonly #server: Server = createServer();

  static async listen(): Promise<Hook> {
    const hook = new Hook();
    hook.#server.on("request", async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      hook.got.push({ body: Buffer.concat(chunks).toString(), headers: request.headers });
      if (hook.answer !== "hang" && !hook.hangsFor(request.url, hook.got.at(-1)!.body))
        response.writeHead(hook.answer, { location: "/elsewhere" }).end();
      else response.once("close", () => hook.givenUp++);
    });
    hook.#server.listen(0, "127.0.0.1");
    await once(hook.#server, "listening");
    return hook;
  }

  /** At one of its addresses, for everything but tests. */
  hangsFor(url = "", body: string): boolean {
    return url.endsWith("/hang") && !body.includes("endpoint.test");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}/hook`;
  }

  // biome-ignore lint/suspicious/noExplicitAny: what a test expects of an event is its own assertion
  events(type: string): any[] {
    return this.got.map(({ body }) => JSON.parse(body)).filter((event) => event.type === type);
  }

  of(id: string): Got[] {
    return this.got.filter(({ headers }) => headers["webhook-id"] === id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function make(url: string, wish: object = {}): Promise<Answer> {
  return stack.call("POST", "/v1/endpoints", { url, ...wish });
}

async function say(text: string): Promise<void> {
  assert.equal((await stack.act(ana, { act: "say", text })).status, 200);
}

const verified = (secret: string, { body, headers }: Got) =>
  new Webhook(secret).verify(body, headers as Record<string, string>);

test("a new endpoint gets a signed test delivery, and the answer tells what came of it", async () => {
  await using hook = await Hook.listen();
  const { status, json } = await make(hook.url);
  assert.equal(status, 201);
  assert.equal(json.preflight.result, "ok");
  assert.equal(json.preflight.http_status, 204);
  const [test] = hook.got;
  assert.equal((verified(json.secret, test!) as { type: string }).type, "endpoint.test");
  for (const [answer, result] of [
    [500, "status"],
    [302, "redirect"],
  ] as const) {
    hook.answer = answer;
    const made = await make(hook.url);
    assert.equal(made.status, 201, "it is made nevertheless");
    assert.deepEqual([made.json.preflight.result, made.json.preflight.http_status], [result, answer]);
  }
  assert.equal(hook.got.length, 3, "a redirect is not followed");
});

test("a test delivery that reaches nobody says why, and is refused where it must be answered", async () => {
  const url = `http://127.0.0.1:${await freePort()}/hook`;
  const listed = async () => (await stack.call("GET", "/v1/endpoints")).json.data.length;
  const made = await make(url);
  assert.deepEqual([made.status, made.json.preflight.result], [201, "refused"]);
  const nowhere = await make("http://name.invalid/hook");
  assert.deepEqual([nowhere.status, nowhere.json.preflight.result], [201, "dns"]);
  await using plain = await Hook.listen();
  const tls = await make(plain.url.replace("http:", "https:"));
  assert.deepEqual([tls.status, tls.json.preflight.result], [201, "tls"]);
  const count = await listed();
  const refused = await make(url, { require_ok: true });
  assert.deepEqual([refused.status, refused.json.code], [422, "endpoint_not_ready"]);
  assert.equal(refused.json.preflight.result, "refused");
  assert.equal(await listed(), count);
  const moved = await stack.call("PATCH", `/v1/endpoints/${made.json.id}`, { url: plain.url });
  assert.equal(moved.json.preflight.result, "ok", "another address is tried too");
  const back = await stack.call("PATCH", `/v1/endpoints/${made.json.id}`, { url, require_ok: true });
  assert.equal(back.status, 422);
  assert.equal((await stack.call("GET", `/v1/endpoints/${made.json.id}`)).json.url, plain.url);
});

test("while a secret is changed each webhook has two signatures", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url, { events: ["endpoint.test"] });
  const rotated = await stack.call("POST", `/v1/endpoints/${made.id}/rotate`);
  assert.equal(rotated.status, 200, rotated.text);
  assert.notEqual(rotated.json.secret, made.secret);
  const leftMs = Date.parse(rotated.json.former_secret_until) - Date.now();
  assert.ok(Math.abs(leftMs - 86_400_000) < 600_000, `${leftMs}`);
  const test = async () => {
    const { json } = await stack.call("POST", `/v1/endpoints/${made.id}/test`);
    return eventually("the test", () => hook.of(json.event.id)[0]);
  };
  const both = await test();
  for (const secret of [made.secret, rotated.json.secret]) verified(secret, both);
  const final = await stack.call("POST", `/v1/endpoints/${made.id}/rotate`, { overlap_seconds: 0 });
  assert.equal(final.json.former_secret_until, undefined);
  const one = await test();
  verified(final.json.secret, one);
  for (const secret of [made.secret, rotated.json.secret]) assert.throws(() => verified(secret, one));
  const shown = await stack.call("GET", `/v1/endpoints/${made.id}`);
  assert.ok(!shown.text.includes("whsec_"));
});

test("of two changes of a secret at once each is answered with its own, and both sign", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url, { events: ["endpoint.test"] });
  // Both in one packet, so that the second begins before the first is done.
  const socket = connect(stack.port, "127.0.0.1").setEncoding("utf8");
  const head = `POST /v1/endpoints/${made.id}/rotate HTTP/1.1\r\nhost: 127.0.0.1:${stack.port}\r\nauthorization: Bearer ${stack.key}\r\ncontent-length: 0\r\n`;
  socket.write(`${head}\r\n${head}connection: close\r\n\r\n`);
  const answers = (await socket.toArray()).join("");
  const secrets = [...answers.matchAll(/"secret":"(whsec_[^"]+)"/g)].map(([, secret]) => secret!);
  const { json } = await stack.call("POST", `/v1/endpoints/${made.id}/test`);
  const got = await eventually("the test", () => hook.of(json.event.id)[0]);
  assert.equal(new Set(secrets).size, 2);
  for (const secret of secrets) verified(secret, got);
});

test("an endpoint that answers 410 is switched off, told of, and gets what it missed by a replay", async () => {
  await using hook = await Hook.listen();
  await using other = await Hook.listen();
  const { json: made } = await make(hook.url, { events: ["message.received"] });
  await make(other.url, { events: ["endpoint.disabled", "message.received"] });
  const path = `/v1/endpoints/${made.id}`;
  hook.answer = 410;
  await say("to nobody");
  const told = await eventually("the report", () => other.events("endpoint.disabled")[0]);
  assert.equal(told.endpoint.id, made.id);
  assert.equal(told.endpoint.last_error, "answered 410");
  assert.match(told.reason, /410/);
  const off = (await stack.call("GET", path)).json;
  assert.deepEqual([off.enabled, off.disabled.reason, off.pending], [false, "gone", 0]);
  await say("while it was off");
  await eventually("both", () => other.events("message.received").length === 2 || undefined);
  assert.equal((await stack.call("POST", `${path}/test`)).status, 409);
  assert.equal((await stack.call("POST", `${path}/replay`, { state: "dead" })).status, 409);

  hook.answer = 204;
  hook.got.length = 0;
  const on = await stack.call("PATCH", path, { enabled: true });
  assert.deepEqual([on.json.enabled, on.json.disabled, on.json.preflight.result], [true, undefined, "ok"]);
  const dry = await stack.call("POST", `${path}/replay`, { since: made.created_at, dry_run: true });
  assert.deepEqual([dry.status, dry.json], [200, { dry_run: true, total: 2 }]);
  const begun = await stack.call("POST", `${path}/replay`, { since: made.created_at });
  assert.deepEqual([begun.status, begun.json.total], [202, 2], begun.text);
  const done = await eventually("the replay", async () => {
    const { json } = await stack.call("GET", `${path}/replays/${begun.json.id}`);
    return json.delivered === 2 ? json : undefined;
  });
  assert.deepEqual([done.state, done.queued, done.skipped, done.dead], ["done", 2, 0, 0]);
  const texts = hook.events("message.received").map((event) => event.message.text.body);
  assert.deepEqual(texts, ["to nobody", "while it was off"]);
  for (const event of hook.events("message.received")) {
    const [got] = hook.of(event.id);
    assert.equal(got?.headers["antiphon-replay"], "true");
    verified(made.secret, got!);
  }
  const { data } = (await stack.call("GET", `/v1/deliveries?replay=${done.id}`)).json;
  assert.deepEqual(
    data.map((one: { state: string; replay: string }) => [one.state, one.replay]),
    [
      ["delivered", done.id],
      ["delivered", done.id],
    ],
  );
  const dead = (await stack.call("GET", `/v1/deliveries?endpoint=${made.id}&state=dead`)).json.data;
  assert.deepEqual(dead, [], "its dead letter was replayed");
});

test("a replay names what it wants, by ids or by filters, and a mistake in it is told", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url, { events: ["message.received", "message.sent"] });
  const path = `/v1/endpoints/${made.id}/replay`;
  const texts = ["alpha", "beta", "gamma"];
  for (const text of texts) await say(text);
  await eventually("all", () => hook.events("message.received").length === 3 || undefined);
  const [, beta] = hook.events("message.received");
  const count = async (wish: object) => {
    const { status, json, text } = await stack.call("POST", path, { ...wish, dry_run: true });
    assert.equal(status, 200, text);
    return json.total;
  };
  const since = made.created_at;
  assert.equal(await count({ since }), 3);
  assert.equal(await count({ since, types: ["message.sent"] }), 0);
  assert.equal(await count({ since, channels: [number.phoneNumberId] }), 3);
  assert.equal(await count({ since, conversation: beta.conversation.id }), 3);
  assert.equal(await count({ since, conversation: "cnv_nope" }), 0);
  assert.equal(await count({ since, until: beta.timestamp }), 1);
  assert.equal(await count({ since: beta.timestamp }), 2);
  assert.equal(await count({ state: "dead" }), 0);
  assert.equal(await count({ ids: [beta.id, "evt_nope"] }), 1);
  const { json } = await stack.call("POST", path, { ids: [beta.id] });
  await eventually("it once more", () => hook.of(beta.id)[1]);
  assert.equal(hook.of(beta.id)[1]?.body, hook.of(beta.id)[0]?.body);
  assert.equal((await stack.call("GET", `${path}s`)).json.data[0].id, json.id);
  for (const wish of [
    {},
    { types: ["message.sent"] },
    { since: "yesterday" },
    { ids: [] },
    { ids: ["evt_nope"] },
    { ids: ["evt_nope"], dry_run: true },
    { since, until: since },
    { since, until: "2020-01-01T00:00:00Z", dry_run: true },
    { since, more: 1 },
  ])
    assert.equal((await stack.call("POST", path, wish)).status, 422, JSON.stringify(wish));
  assert.equal((await stack.call("GET", `${path}s/rpl_nope`)).status, 404);
  const ended = await stack.call("DELETE", `${path}s/${json.id}`);
  assert.equal(ended.status, 200);
});

test("what platforms post arrives at a raw endpoint byte for byte, with their own signature", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url, { format: "raw", channels: [number.phoneNumberId] });
  assert.equal(made.format, "raw");
  const message = { id: "wamid.RAW", from: "12015550199", timestamp: "1767225600", type: "text" };
  const value = { messages: [{ ...message, text: { body: "ä 😀" } }] };
  // As Meta escapes it, with spaces that no parser would keep.
  const body = envelope(entry(number, value))
    .replace("ä 😀", "\\u00e4 \\ud83d\\ude00")
    .replace('"entry":', '"entry" : ');
  assert.equal((await postSigned(stack, number, body)).status, 200);
  const got = await eventually("it", () => hook.got.find(({ headers }) => headers["x-hub-signature-256"]));
  assert.equal(got.body, body);
  assert.equal(got.headers["x-hub-signature-256"], signature(number.appSecret, body));
  assert.match(String(got.headers["webhook-id"]), /^raw_\d+$/);
  new Webhook(made.secret).verify(got.body, got.headers as Record<string, string>);
  const refused = await make(hook.url, { format: "raw", events: ["message.sent"] });
  assert.deepEqual(refused.json.errors[0].pointer, "/events");
});

test("an endpoint that hangs delays no other, not even on its own host", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url, { events: ["endpoint.test"] });
  const hanging = await make(`${hook.url}/hang`, { format: "raw" });
  for (let n = 10; n < 30; n++) {
    const message = { id: `wamid.H${n}`, from: `120155502${n}`, timestamp: "1767225600", type: "text" };
    const value = { messages: [{ ...message, text: { body: "x" } }] };
    assert.equal((await postSigned(stack, number, envelope(entry(number, value)))).status, 200);
  }
  await eventually("all that it takes at a time", () => hook.got.length === 2 + 16 || undefined);
  const { json } = await stack.call("POST", `/v1/endpoints/${made.id}/test`);
  await eventually("the other's", () => hook.of(json.event.id)[0]);
  assert.equal(hook.givenUp, 0, "all of them still hang");
  await stack.call("DELETE", `/v1/endpoints/${hanging.json.id}`);
});

test("tests are few", async () => {
  await using hook = await Hook.listen();
  const { json: made } = await make(hook.url);
  const path = `/v1/endpoints/${made.id}/test`;
  const refused = await eventually("a refusal", async () => {
    const answer = await stack.call("POST", path);
    return answer.status === 429 ? answer : undefined;
  });
  assert.equal(refused.json.code, "too_many_tests");
  assert.ok(Number(refused.headers["retry-after"]) > 0);
  // There is one more each second, which the next to ask may get.
  await eventually("one that is skipped", async () =>
    (await make(hook.url)).json.preflight.result === "skipped" ? true : undefined,
  );
  await eventually("one that is refused", async () =>
    (await make(hook.url, { require_ok: true })).status === 429 ? true : undefined,
  );
});
