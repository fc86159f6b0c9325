import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import {
  entry,
  envelope,
  type MetaNumber,
  postSigned,
  signature,
  whatsappNumber,
} from "../support/meta-webhook.ts";
import { type Answer, type Person, type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
let number: MetaNumber;
let person: Person;
/** Every answer that a test got: the last test reads them all. */
const answers: Answer[] = [];
const secrets: string[] = [];

/** Begun before the other tests, which run while it is slow. */
let slowSender: Promise<{ answer: string; afterMs: number }>;

before(async () => {
  stack = await startStack({ env: { LOG_LEVEL: "debug" } });
  slowSender = neverEndsItsHeaders();
  number = await whatsappNumber(stack);
  person = (await stack.people("whatsapp"))[0]!;
  const accounts = (await stack.simulate("GET", "/accounts")).json.data;
  for (const { token, app_secret } of accounts) secrets.push(...[token, app_secret].filter(Boolean));
  secrets.push(stack.key);
});
after(() => stack[Symbol.asyncDispose]());

async function neverEndsItsHeaders(): Promise<{ answer: string; afterMs: number }> {
  const socket = connect(stack.port, "127.0.0.1").setEncoding("utf8");
  const startedMs = performance.now();
  socket.write("POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return { answer, afterMs: performance.now() - startedMs };
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const answer = await stack.call("POST", path, body, headers);
  answers.push(answer);
  return answer;
}
async function noted(answer: Promise<Answer>): Promise<Answer> {
  answers.push(await answer);
  return answer;
}

const text = (more: object = {}) => ({
  from: number.phoneNumberId,
  to: person.address,
  content: { text: { body: "hello" } },
  ...more,
});
const cloudText = (more: object = {}) => ({
  messaging_product: "whatsapp",
  to: person.address,
  type: "text",
  text: { body: "hello" },
  ...more,
});

const dropIn = () => `/v25.0/${number.phoneNumberId}/messages`;
const routes = () => ["/v1/messages", "/v1/messages/preview", dropIn()];
const isCloud = (path: string) => path === dropIn();
const goodBody = (path: string) => (isCloud(path) ? cloudText() : text());

function assertRefused(answer: Answer, path: string, status: number, code: string | number): void {
  assert.equal(answer.status, status, `${path}: ${answer.text}`);
  if (isCloud(path)) {
    assert.equal(answer.json.error.code, code, answer.text);
    assert.equal(answer.json.error.type, "OAuthException");
    assert.ok(answer.json.error.fbtrace_id);
    return;
  }
  assert.equal(answer.headers["content-type"], "application/problem+json; charset=utf-8");
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.type, `/problems/${code}`);
  assert.ok(answer.json.title && answer.json.detail);
}

test("a body that is not JSON, or no UTF-8, or empty, is a 400", async () => {
  for (const path of routes())
    for (const body of ["{", "hello", '{"a":}', "", Buffer.from([0x7b, 0xff, 0x7d])]) {
      const answer = await post(path, body);
      assertRefused(answer, path, 400, isCloud(path) ? 100 : "invalid_json");
    }
});

test("where no body is needed a content type without one is no mistake", async () => {
  const headers = { authorization: `Bearer ${stack.key}`, "content-type": "application/json" };
  for (const [method, path] of [
    ["DELETE", "/v1/channels/none"],
    ["DELETE", "/v1/apps/none"],
    ["DELETE", "/v1/endpoints/none"],
    ["POST", "/v1/channels/none/register"],
    ["POST", "/v1/channels/none/check"],
    ["POST", "/v1/endpoints/none/test"],
    ["POST", "/v1/deliveries/none/retry"],
  ] as const) {
    const answer = await send(`${stack.url}${path}`, method, undefined, headers);
    assert.equal(answer.status, 404, `${method} ${path}: ${answer.text}`);
  }
});

test("a body that is nested too deeply is a 400, also when it is nothing but brackets", async () => {
  for (const path of routes())
    for (const body of [`${"[".repeat(33)}${"]".repeat(33)}`, "[".repeat(900_000), '{"a":'.repeat(100_000)]) {
      const answer = await post(path, body);
      assertRefused(answer, path, 400, isCloud(path) ? 100 : "too_deep");
    }
});

/** Says that a body of `bytes` follows and sends only its beginning: the refusal does not wait for the rest. */
function announced(path: string, bytes: number, headers: Record<string, string>): Promise<Answer> {
  const whole = { "content-type": "application/json", "content-length": String(bytes), ...headers };
  return new Promise((resolve, reject) => {
    const sending = httpRequest(
      `${stack.url}${path}`,
      { method: "POST", headers: whole },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        sending.destroy();
        const body = Buffer.concat(chunks).toString();
        const answer = {
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: body,
          json: JSON.parse(body),
        };
        answers.push(answer);
        resolve(answer);
      },
    );
    sending.once("error", reject);
    sending.write("{");
  });
}

test("a body over 1 MiB is a 413, one of 1 MiB is read", async () => {
  for (const path of routes()) {
    const padded = (bytes: number) => {
      const body = JSON.stringify(goodBody(path));
      return body + " ".repeat(bytes - body.length);
    };
    const answer = await announced(path, 1024 * 1024 + 1, { authorization: `Bearer ${stack.key}` });
    assertRefused(answer, path, 413, isCloud(path) ? 100 : "body_too_large");
    const fits = await post(path, padded(1024 * 1024));
    assert.ok(fits.status < 300, fits.text);
  }
});

/** Sends so many bytes in chunks, without a word of how many will come, and gives the answer. */
function streamed(path: string, bytes: number, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const whole = { "content-type": "application/json", "transfer-encoding": "chunked", ...headers };
    const sending = httpRequest(
      `${stack.url}${path}`,
      { method: "POST", headers: whole },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        const status = response.statusCode ?? 0;
        const answer = { status, headers: response.headers, text, json: JSON.parse(text) };
        answers.push(answer);
        resolve(answer);
        sending.destroy();
      },
    );
    // A gateway that has answered need not read to the end.
    sending.once("error", reject);
    const body = Buffer.alloc(bytes, " ");
    body.write("{}");
    sending.write(body.subarray(0, bytes - 1));
    sending.write(body.subarray(bytes - 1));
  });
}

test("a body that never says its length is a 413 at the first byte too many", async () => {
  const limit = 1024 * 1024;
  for (const path of [...routes(), "/v1/endpoints"]) {
    const answer = await streamed(path, limit + 1, { authorization: `Bearer ${stack.key}` });
    assertRefused(answer, path, 413, isCloud(path) ? 100 : "body_too_large");
  }
  const webhook = await streamed(`/webhooks/whatsapp/${number.channelId}`, 4 * limit + 1, {});
  assert.equal(webhook.status, 413);
  const body = JSON.stringify(text());
  const whole = await post("/v1/messages", body + " ".repeat(limit + 1 - body.length));
  assert.equal(whole.status, 413, "sent whole, one byte over");
});

test("a sender that never ends its headers is cut off after 10 seconds", async () => {
  const { answer, afterMs } = await slowSender;
  assert.match(answer, /^HTTP\/1\.1 408 /);
  // src/http/listener.test.ts has the settings; here is room for a busy machine, and less than Node.js's own minute.
  assert.ok(afterMs >= 9_000 && afterMs < 55_000, `after ${afterMs} ms`);
});

test("a body that is not said to be JSON is a 415", async () => {
  for (const path of routes()) {
    const answer = await post(path, "a=b", { "content-type": "application/x-www-form-urlencoded" });
    assertRefused(answer, path, 415, isCloud(path) ? 100 : "unsupported_media_type");
  }
});

test("a __proto__ key anywhere is a 422 and changes nothing", async () => {
  for (const path of ["/v1/messages", "/v1/messages/preview"]) {
    const whole = JSON.stringify(text());
    const bodies: [string, string][] = [
      [`{"__proto__":{"admin":true},${whole.slice(1)}`, "/__proto__"],
      [whole.replace('"text":{', '"text":{"__proto__":{"admin":true},'), "/content/text/__proto__"],
    ];
    for (const [body, pointer] of bodies) {
      const answer = await post(path, body);
      assertRefused(answer, path, 422, "invalid_request");
      assert.deepEqual(
        answer.json.errors.map((error: { pointer: string }) => error.pointer),
        [pointer],
      );
    }
  }
  const cloud = await post(
    dropIn(),
    JSON.stringify(cloudText()).replace('"text":{', '"text":{"__proto__":{},'),
  );
  assert.ok(cloud.status === 422 || cloud.status === 400, cloud.text);
  assert.equal(cloud.json.error.code, 100);
});

test("a wrong type anywhere in a message is a 422 that points to it", async () => {
  const button = JSON.parse(
    readFileSync(join(import.meta.dirname, "../../src/core/fixtures/seed-1-button.json"), "utf8"),
  );
  const content = button.content ?? button;
  const whole = text({ content, metadata: { order: "7" }, ttl_seconds: 60 });
  const pointers = [...places(whole, "")];
  assert.ok(pointers.length > 20);
  for (const path of ["/v1/messages", "/v1/messages/preview"])
    for (const { pointer, replaced } of pointers) {
      const answer = await post(path, replaced);
      assert.equal(answer.status, 422, `${pointer}: ${answer.text}`);
      assert.ok(
        answer.json.errors.some((error: { pointer: string }) => error.pointer.startsWith(pointer)),
        `${pointer}: ${answer.text}`,
      );
    }
});

/** The body once for every value in it, with that value replaced by one of another type. */
function* places(body: unknown, pointer: string): Generator<{ pointer: string; replaced: unknown }> {
  const otherType = (value: unknown) => (typeof value === "object" ? "text" : { wrong: [1] });
  for (const [key, value] of Object.entries(body as object)) {
    const at = `${pointer}/${key}`;
    const put = (inner: unknown) =>
      Array.isArray(body) ? body.with(Number(key), inner) : { ...(body as object), [key]: inner };
    yield { pointer: at, replaced: put(otherType(value)) };
    if (typeof value !== "object") continue;
    for (const { pointer: deeper, replaced } of places(value, at))
      yield { pointer: deeper, replaced: put(replaced) };
  }
}

test("a body that is JSON and no object is a 422 for each kind", async () => {
  for (const path of ["/v1/messages", "/v1/messages/preview"])
    for (const body of ["null", "[]", '"text"', "7", "true"])
      assertRefused(await post(path, body), path, 422, "invalid_message");
  for (const body of ["null", "[]", '"text"', "7"])
    assertRefused(await post(dropIn(), body), dropIn(), 400, 100);
});

test("two contents, or none, are a 422", async () => {
  const two = { text: { body: "hello" }, image: { link: "https://example.com/a.png" } };
  for (const path of ["/v1/messages", "/v1/messages/preview"])
    for (const content of [two, {}]) {
      const answer = await post(path, text({ content }));
      assertRefused(answer, path, 422, "invalid_message");
      assert.ok(answer.json.errors.length >= 1);
    }
  const cloud = await post(dropIn(), cloudText({ image: { link: "https://example.com/a.png" } }));
  assertRefused(cloud, dropIn(), 400, 100);
});

test("an unknown channel is a 404 that says where channels are listed", async () => {
  for (const path of ["/v1/messages", "/v1/messages/preview"]) {
    const answer = await post(path, text({ from: "00000000-0000-7000-8000-000000000000" }));
    assertRefused(answer, path, 404, "unknown_channel");
    assert.match(answer.json.hint, /GET \/v1\/channels/);
  }
});

test("no key, a wrong one, or one in the query is a 401", async () => {
  for (const path of [...routes(), "/v1/endpoints"]) {
    const attempts: [string, Record<string, string>][] = [
      [path, { authorization: "" }],
      [path, { authorization: "Bearer wrong-wrong-wrong-wrong" }],
      [path, { authorization: `Basic ${Buffer.from(`:${stack.key}`).toString("base64")}` }],
      [path, { authorization: "", "x-api-key": `${stack.key}x` }],
      [`${path}?key=${stack.key}&api_key=${stack.key}&access_token=${stack.key}`, { authorization: "" }],
    ];
    for (const [at, headers] of attempts) {
      const answer = await post(at, goodBody(path), headers);
      assertRefused(answer, path, 401, isCloud(path) ? 190 : "unauthorized");
    }
  }
  const unparsed = await post("/v1/messages", "{", { authorization: "" });
  assert.equal(unparsed.status, 401, "the key is asked for before the body is looked at");
});

test("the key is taken as a bearer or as x-api-key", async () => {
  const byHeader = await stack.call("GET", "/v1/channels", undefined, {
    authorization: "",
    "x-api-key": stack.key,
  });
  assert.equal(byHeader.status, 200);
  const byBearer = await stack.call("GET", "/v1/channels", undefined, {
    authorization: `bearer ${stack.key}`,
  });
  assert.equal(byBearer.status, 200);
});

test("an address that is not there is a 404, and a method that it lacks no success", async () => {
  for (const [method, path] of [
    ["GET", "/v1/nothing"],
    ["GET", "/nothing"],
    ["DELETE", "/v1/messages"],
    ["GET", "/v1/messages/%00"],
    ["GET", "/v1/messages/msg_nope"],
    ["GET", `/v1/messages/${"x".repeat(2_000)}`],
    ["GET", "/v1/channels/nope"],
    ["GET", "/v1/channels/%zz"],
    ["GET", "/v1/media/med_nope"],
    ["GET", "/problems/nope"],
    ["GET", "/problems/constructor"],
  ] as const) {
    const answer = await noted(stack.call(method, path));
    assert.ok([400, 404, 405, 414].includes(answer.status), `${method} ${path}: ${answer.status}`);
    assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/);
  }
});

test("bytes that are no HTTP are answered with a 400 and end the connection", async () => {
  const socket = connect(stack.port, "127.0.0.1");
  let got = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    got += chunk;
  });
  socket.write("\u0016\u0003\u0001 what\r\n\r\n");
  await new Promise((resolve) => socket.once("close", resolve));
  assert.match(got, /^HTTP\/1\.1 400 /);
});

// webhooks

const hook = () => `${stack.url}/webhooks/whatsapp/${number.channelId}`;
const hello = (id: string) =>
  envelope(
    entry(number, {
      contacts: [{ profile: { name: "Marker" }, wa_id: "15557650001" }],
      messages: [
        {
          from: "15557650001",
          id,
          timestamp: String(Math.floor(Date.now() / 1000)),
          type: "text",
          text: { body: `marker-${id}` },
        },
      ],
    }),
  );

async function metric(line: string): Promise<number> {
  const { text: metrics } = await stack.call("GET", "/metrics");
  const found = metrics.split("\n").find((one) => one.startsWith(`${line} `));
  return found ? Number(found.split(" ").at(-1)) : 0;
}
const forgedCount = () => metric('antiphon_webhooks_total{platform="whatsapp",verdict="forged"}');

async function received(id: string): Promise<boolean> {
  const { json } = await stack.call("GET", "/v1/events?type=message.received&limit=200");
  return json.data.some((event: { message: { platform_id: string } }) => event.message.platform_id === id);
}

test("a forged or unsigned webhook is a 401, counted, and nothing of it is kept or logged", async () => {
  const body = hello("wamid.FORGED");
  const good = signature(number.appSecret, body);
  const attempts: Record<string, string>[] = [
    {},
    { "x-hub-signature-256": signature("another secret", body) },
    { "x-hub-signature-256": signature(number.appSecret, `${body} `) },
    { "x-hub-signature-256": good.toUpperCase() },
    { "x-hub-signature-256": good.slice("sha256=".length) },
    { "x-hub-signature-256": "" },
    { "x-hub-signature": `sha1=${good.slice(7, 47)}` },
  ];
  const before = await forgedCount();
  for (const headers of attempts) {
    const answer = await noted(send(hook(), "POST", body, headers));
    assert.equal(answer.status, 401, JSON.stringify(headers));
    assert.equal(answer.json.code, "bad_signature");
  }
  assert.equal(await forgedCount(), before + attempts.length);
  await postSigned(stack, number, hello("wamid.AFTER-FORGED"));
  await eventually("the genuine one", async () => (await received("wamid.AFTER-FORGED")) || undefined);
  assert.equal(await received("wamid.FORGED"), false);
  assert.ok(!stack.stderr.includes("marker-wamid.FORGED"), "its body is in the log");
  assert.match(stack.stderr, /a webhook was refused/);
});

test("a webhook whose signature header comes twice is a 401, in whichever order", async () => {
  const body = hello("wamid.DOUBLED");
  const [good, bad] = [signature(number.appSecret, body), signature("another", body)];
  const before = await forgedCount();
  for (const pair of [
    [good, bad],
    [bad, good],
    [good, good],
  ])
    assert.equal(await postDoubled(body, pair), 401);
  assert.equal(await forgedCount(), before + 3);
  assert.equal(await received("wamid.DOUBLED"), false);
});

function postDoubled(body: string, signatures: string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sending = httpRequest(hook(), { method: "POST" }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sending.once("error", reject);
    sending.setHeader("content-type", "application/json");
    sending.setHeader("x-hub-signature-256", signatures);
    sending.end(body);
  });
}

test("a webhook for a channel that is not there, or of another platform, is a 404", async () => {
  const body = hello("wamid.NOWHERE");
  const headers = { "x-hub-signature-256": signature(number.appSecret, body) };
  for (const path of [
    "/webhooks/whatsapp/nope",
    `/webhooks/telegram/${number.channelId}`,
    `/webhooks/constructor/${number.channelId}`,
  ])
    assert.equal((await noted(send(`${stack.url}${path}`, "POST", body, headers))).status, 404, path);
});

test("a wrong verify token gets no challenge back", async () => {
  const answer = await noted(
    send(`${hook()}?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=12345`, "GET", undefined, {}),
  );
  assert.equal(answer.status, 401);
  assert.ok(!answer.text.includes("12345"));
});

test("a webhook of a shape that was never documented is a 200, kept and counted, and the next one is read", async () => {
  const strange = [
    "null",
    "[]",
    "7",
    '"text"',
    "{}",
    '{"object":"page","entry":[{"id":"1","messaging":[{"x":1}]}]}',
    '{"object":"whatsapp_business_account","entry":"none"}',
    envelope(entry(number, { messages: [{ type: "hologram", id: "wamid.H", from: "15557650002" }] })),
    envelope(entry(number, { messages: "many" })),
    JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ id: 7, changes: [{ field: "brand_new", value: {} }] }],
    }),
    "not json at all",
    `${"[".repeat(20_000)}`,
    '{"object":"whatsapp_business_account","__proto__":{"entry":[]}}',
  ];
  const before = await metric("antiphon_unknown_parts");
  for (const body of strange) {
    const answer = await noted(postSigned(stack, number, body));
    assert.equal(answer.status, 200, `${body.slice(0, 80)}: ${answer.text}`);
  }
  await postSigned(stack, number, hello("wamid.AFTER-STRANGE"));
  await eventually("the ordinary one", async () => (await received("wamid.AFTER-STRANGE")) || undefined);
  assert.ok((await metric("antiphon_unknown_parts")) >= before + strange.length, "each is counted");
  assert.equal(await metric("antiphon_payloads_undigested"), 0);
});

test("a webhook may have 4 MiB and no more", async () => {
  const body = hello("wamid.LARGE");
  const padded = (bytes: number) => body + " ".repeat(bytes - body.length);
  const largest = 4 * 1024 * 1024;
  const tooLarge = await announced(`/webhooks/whatsapp/${number.channelId}`, largest + 1, {
    "x-hub-signature-256": signature(number.appSecret, padded(largest + 1)),
  });
  assert.equal(tooLarge.status, 413);
  assert.equal(tooLarge.json.code, "body_too_large");
  assert.equal((await postSigned(stack, number, padded(largest))).status, 200);
  await eventually("the large one", async () => (await received("wamid.LARGE")) || undefined);
});

test("no answer and no log line holds a stack, a secret, a token or the key", async () => {
  assert.ok(answers.length > 100);
  const stackTrace = /\n\s+at |node:internal|node_modules|\.ts:\d+/;
  for (const { text: answer } of answers) {
    assert.doesNotMatch(answer, stackTrace);
    for (const secret of secrets) assert.ok(!answer.includes(secret), answer.slice(0, 300));
  }
  assert.doesNotMatch(stack.stderr, /\n\s+at |"stack"/);
  for (const secret of secrets) assert.ok(!stack.stderr.includes(secret), "a secret is in the log");
});
