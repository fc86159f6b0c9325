import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import { newKeyText } from "../../src/gateway/access/key-text.ts";
import { eventually, withinMs } from "../support/eventually.ts";
import { type Answer, type Stack, send, startStack } from "../support/stack.ts";

let stack: Stack;
before(async () => {
  stack = await startStack({ env: { ANTIPHON_TRUST_PROXY: "true" } });
});
after(() => stack[Symbol.asyncDispose]());

interface Key {
  id: string;
  key: string;
}

async function make(wish: object = {}, by = stack.key): Promise<Key> {
  const { status, json, text } = await post("/v1/keys", { name: "a test", scopes: ["read"], ...wish }, by);
  assert.equal(status, 201, text);
  return json;
}

const asked = (key: string, more: Record<string, string> = {}) => ({
  authorization: `Bearer ${key}`,
  ...more,
});
const post = (path: string, body: object, key: string, more: Record<string, string> = {}) =>
  stack.call("POST", path, body, asked(key, more));
const change = (id: string, body: object) => stack.call("PATCH", `/v1/keys/${id}`, body);
const revoke = (id: string) => stack.call("DELETE", `/v1/keys/${id}`);
const list = (key: string, more: Record<string, string> = {}) =>
  stack.call("GET", "/v1/channels", undefined, asked(key, more));

function assertRefused({ status, json }: Answer, wanted: number, code: string): void {
  assert.deepEqual([status, json.code], [wanted, code]);
}

test("a key is shown once and is kept nowhere, not with the answer for a repetition either", async () => {
  const wish = {
    name: "a shop's backend",
    scopes: ["send", "read"],
    expires_at: "2099-06-30T00:00:00+02:00",
  };
  const first = await post("/v1/keys", wish, stack.key, { "idempotency-key": "key-1" });
  assert.equal(first.status, 201);
  const { key, ...shown } = first.json;
  assert.match(key, /^ak_[0-9a-f]{12}_[0-9a-f]{64}_[0-9a-f]{8}$/);
  assert.equal(first.headers["cache-control"], "no-store");
  assert.deepEqual(shown, {
    id: `key_${key.split("_")[1]}`,
    name: wish.name,
    scopes: wish.scopes,
    channels: null,
    state: "active",
    created_at: shown.created_at,
    expires_at: "2099-06-29T22:00:00.000Z",
  });
  assert.equal((await list(key)).status, 200);
  const again = await post("/v1/keys", wish, stack.key, { "idempotency-key": "key-1" });
  assert.equal(again.headers["idempotency-replayed"], "true");
  assert.deepEqual(again.json, shown);
  for (const path of ["/v1/keys", `/v1/keys/${shown.id}`]) {
    const { text } = await stack.call("GET", path);
    assert.ok(text.includes(shown.id) && !text.includes("ak_"), path);
  }
  const secret = key.split("_")[2];
  for (const name of await readdir(stack.dataDir))
    if (name.startsWith("antiphon")) assert.ok(!(await readFile(join(stack.dataDir, name))).includes(secret));
  assert.ok(!stack.stderr.includes(secret) && !stack.stdout.includes(secret));
});

test("a key that is revoked is refused from the next request on, and says since when", async () => {
  const { id, key } = await make();
  assert.equal((await list(key)).status, 200);
  assert.equal((await revoke(id)).status, 204);
  const refused = await list(key);
  assertRefused(refused, 401, "unauthorized");
  assert.match(refused.json.detail, /was revoked at 20/);
  for (const answer of [await revoke(id), await change(id, { name: "again" })])
    assertRefused(answer, 404, "not_found");
});

async function stream(key: string): Promise<{ response: IncomingMessage; text(): string }> {
  const asking = get(`${stack.url}/v1/events/stream`, { headers: asked(key) });
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  let text = "";
  response.setEncoding("utf8").on("data", (more: string) => {
    text += more;
  });
  response.on("error", () => {});
  return { response, text: () => text };
}

test("an open stream ends with its key: when that is revoked, and when it may not read any more", async () => {
  for (const end of [
    (id: string) => revoke(id),
    (id: string) => change(id, { scopes: ["send"] }),
    (id: string) => change(id, { expires_at: "2020-01-01T00:00:00Z" }),
  ]) {
    const { id, key } = await make();
    const { response } = await stream(key);
    assert.equal(response.statusCode, 200);
    const ended = once(response, "end", { signal: AbortSignal.timeout(withinMs) });
    assert.ok((await end(id)).status < 300);
    await ended;
  }
});

test("an open stream shows what its key may see at that moment", async () => {
  const channels = (await stack.call("GET", "/v1/channels")).json.data;
  const of = (name: string) => channels.find(({ platform }: { platform: string }) => platform === name).id;
  const { id, key } = await make({ channels: [of("telegram")] });
  const { response, text } = await stream(key);
  const say = async (platform: "whatsapp" | "telegram", what: string) => {
    await stack.act((await stack.people(platform))[0]!, { act: "say", text: what });
    await eventually(what, async () => {
      const { data } = (await stack.call("GET", "/v1/events?limit=20")).json;
      return data.find(
        ({ message }: { message?: { text?: { body: string } } }) => message?.text?.body === what,
      );
    });
  };
  await say("whatsapp", "hidden at first");
  await say("telegram", "seen at first");
  await eventually("the first", () => text().includes("seen at first") || undefined);
  await change(id, { channels: [of("whatsapp")] });
  await say("telegram", "hidden then");
  await say("whatsapp", "seen then");
  await eventually("the other", () => text().includes("seen then") || undefined);
  assert.doesNotMatch(text(), /hidden/);
  response.destroy();
});

test("a key whose scopes or channels change may do the other from the next request on", async () => {
  const { id, key } = await make({ scopes: ["send"] });
  const refused = await list(key);
  assertRefused(refused, 403, "forbidden");
  assert.equal(refused.json.needed_scope, "read");
  assert.match(
    refused.json.detail,
    /GET \/v1\/channels needs a key with the scope read; this one has send\./,
  );
  await change(id, { scopes: ["read"], name: "renamed" });
  assert.equal((await list(key)).json.data.length, 4);
  const [first] = (await list(key)).json.data;
  const changed = await change(id, { channels: [first.natural_id] });
  assert.deepEqual([changed.json.name, changed.json.channels], ["renamed", [first.id]]);
  assert.deepEqual(
    (await list(key)).json.data.map((one: Key) => one.id),
    [first.id],
  );
});

test("a key gives no more than it has: no other channels, no longer life", async () => {
  const channels = (await list(stack.key)).json.data.map((one: Key) => one.id);
  const ends = "2098-01-01T00:00:00.000Z";
  const limited = await make({ scopes: ["admin"], channels: channels.slice(0, 2), expires_at: ends });
  const wish = { name: "made by a limited one", scopes: ["admin"] };
  const [made] = [await post("/v1/keys", wish, limited.key)];
  assert.deepEqual([made.json.channels, made.json.expires_at], [channels.slice(0, 2), ends]);
  for (const [more, status] of [
    [{ expires_at: "2098-01-01T00:00:00.001Z" }, 403],
    [{ channels: [channels[2]] }, 422],
    [{ channels: [] }, 422],
  ] as const) {
    assert.equal((await post("/v1/keys", { ...wish, ...more }, limited.key)).status, status);
    const path = `/v1/keys/${made.json.id}`;
    assert.equal((await stack.call("PATCH", path, more, asked(limited.key))).status, status);
  }
  const emptied = await stack.call(
    "PATCH",
    `/v1/keys/${made.json.id}`,
    { expires_at: null, channels: null },
    asked(limited.key),
  );
  assert.deepEqual([emptied.json.channels, emptied.json.expires_at], [channels.slice(0, 2), ends]);
  const wider = await make({ channels: channels.slice(0, 2) });
  const longer = await stack.call("PATCH", `/v1/keys/${wider.id}`, { scopes: ["admin"] }, asked(limited.key));
  assertRefused(longer, 403, "forbidden");
  const taken = await post(`/v1/keys/${wider.id}/rotate`, {}, limited.key);
  assertRefused(taken, 403, "forbidden");
});

test("mistakes in a wish for a key are told all at once", async () => {
  const wish = { name: "", scopes: ["sned"], channels: ["nobody's"], expires_at: "tomorrow", colour: "red" };
  const { status, json } = await post("/v1/keys", wish, stack.key);
  assert.equal(status, 422);
  const told = json.errors.map(({ pointer, rule }: Record<string, string>) => `${pointer} ${rule}`).sort();
  assert.deepEqual(told, [
    "/channels/0 unknown_channel",
    "/colour unknown_field",
    "/expires_at time",
    "/name min_length",
    "/scopes/0 one_of",
  ]);
  // Date.parse takes it for the second of March.
  const noDay = { name: "x", scopes: ["read"], expires_at: "2099-02-30T00:00:00Z" };
  assertRefused(await post("/v1/keys", noDay, stack.key), 422, "invalid_request");
  const over = await post(
    "/v1/keys",
    { name: "x", scopes: ["read"], expires_at: "2020-01-01T00:00:00Z" },
    stack.key,
  );
  assertRefused(over, 422, "invalid_request");
});

test("a rotated key has another secret at once, and still knows what was sent with it before", async () => {
  const [person] = await stack.people("telegram");
  const message = { from: person!.channel, to: person!.address, content: { text: { body: "once" } } };
  const [one, other] = [await make({ scopes: ["send"] }), await make({ scopes: ["send"] })];
  const keyed = { "idempotency-key": "order-1" };
  const original = await post("/v1/messages", message, one.key, keyed);
  assert.equal(original.status, 202);
  const rotated = await post(`/v1/keys/${one.id}/rotate`, {}, stack.key);
  assert.deepEqual([rotated.status, rotated.json.id, rotated.json.key === one.key], [200, one.id, false]);
  assertRefused(await post("/v1/messages", message, one.key, keyed), 401, "unauthorized");
  const again = await post("/v1/messages", message, rotated.json.key, keyed);
  assert.deepEqual([again.headers["idempotency-replayed"], again.json.id], ["true", original.json.id]);
  const another = await post("/v1/messages", message, other.key, keyed);
  assert.notEqual(another.json.id, original.json.id, "another API key's requests are others");
  assertRefused(await post("/v1/keys/key_bootstrap/rotate", {}, stack.key), 409, "conflict");
});

const from = (address: string) => ({ "x-forwarded-for": address });

test("an unknown id and a wrong secret are answered byte for byte alike, a mistyped key by what it is", async () => {
  const { id, key } = await make();
  const answers = [newKeyText(id), newKeyText("key_ffffffffffff")].map((wrong, n) =>
    list(wrong, from(`192.0.2.${n}`)),
  );
  const [wrong, unknown] = await Promise.all(answers);
  assert.deepEqual([wrong!.status, wrong!.text], [401, unknown!.text]);
  const told = ({ headers }: Answer) => [
    headers.ratelimit,
    headers["ratelimit-policy"],
    headers["www-authenticate"],
  ];
  assert.deepEqual(told(wrong!), told(unknown!));
  const mistyped = await list(key.slice(0, -1), from("192.0.2.9"));
  assert.match(mistyped.json.detail, /mistyped or cut short/);
});

test("who fails too often from one address is told to wait, while a valid key from it is let in at once", async () => {
  const address = from("198.51.100.7");
  for (let n = 1; n <= 60; n++) {
    const { status, headers } = await list("a-wrong-key-0123456789", address);
    assert.equal(status, 401);
    assert.equal(headers["ratelimit-policy"], '"failed-auth-address";q=60;w=60');
    const [, left, seconds] = /^"failed-auth-address";r=(\d+);t=(\d+)$/.exec(String(headers.ratelimit)) ?? [];
    assert.equal(Number(left), 60 - n);
    assert.ok(Number(seconds) >= 1 && Number(seconds) <= 60);
  }
  const refused = await list("a-wrong-key-0123456789", address);
  assertRefused(refused, 429, "rate_limited");
  const after = Number(refused.headers["retry-after"]);
  assert.ok(after >= 1 && after <= 60, `retry-after is ${after}`);
  assert.equal(refused.headers.ratelimit, `"failed-auth-address";r=0;t=${after}`);
  assert.equal((await list(stack.key, address)).status, 200, "a valid key from the same address");
  assert.equal((await list("a-wrong-key-0123456789", from("198.51.100.8"))).status, 401, "another address");
  const cloud = await stack.call("POST", "/v25.0/1/messages", {}, asked("wrong-key-0123456789", address));
  assert.deepEqual([cloud.status, cloud.json.error.code], [429, 4]);
  assert.ok(cloud.headers["retry-after"]);
});

test("who guesses at one key from many addresses is told to wait, and its owner is let in at once", async () => {
  const { id, key } = await make();
  for (let n = 0; n < 20; n++) assert.equal((await list(newKeyText(id), from(`203.0.113.${n}`))).status, 401);
  const refused = await list(newKeyText(id), from("203.0.113.200"));
  assertRefused(refused, 429, "rate_limited");
  assert.match(
    String(refused.headers.ratelimit),
    /^"failed-auth-address";r=59;t=60, "failed-auth-key";r=0;t=\d+$/,
  );
  assert.equal((await list(key, from("203.0.113.201"))).status, 200);
});

test("a scope that lacks is Meta's permission error on the drop-in", async () => {
  const { key } = await make({ scopes: ["read"] });
  const { status, json } = await stack.call("POST", "/v25.0/1/messages", {}, asked(key));
  assert.deepEqual([status, json.error.code], [403, 10]);
  assert.match(json.error.error_data.details, /needs a key with the scope send/);
});

/** Goes on with an earlier stack's folder; it ends with the test, also with one that fails. */
async function restarted(t: TestContext, from: Stack, key?: string): Promise<Stack> {
  const env: Record<string, string> = key === undefined ? {} : { ANTIPHON_API_KEY: key };
  const again = await startStack({ command: "serve", from, env });
  t.after(() => again.stop());
  return again;
}

test("the last key that is admin of everything for good is kept, and the key of the start can go once there is another", async (t) => {
  const own = await startStack({ command: "serve" });
  t.after(() => own[Symbol.asyncDispose]());
  const bootstrap = "/v1/keys/key_bootstrap";
  const expiring = { name: "ends", scopes: ["admin"], expires_at: "2099-01-01T00:00:00Z" };
  assert.equal((await own.call("POST", "/v1/keys", expiring)).status, 201);
  assertRefused(await own.call("DELETE", bootstrap), 409, "conflict");
  assertRefused(await own.call("PATCH", bootstrap, { scopes: ["read"] }), 409, "conflict");
  const { json: admin } = await own.call("POST", "/v1/keys", { name: "me", scopes: ["admin"] });
  assert.equal((await own.call("DELETE", bootstrap)).status, 204);
  assertRefused(await own.call("GET", "/v1/keys"), 401, "unauthorized");
  const former = own.key;
  await own.stop();

  const again = await restarted(t, own);
  assert.doesNotMatch(again.stdout, /ak_/, "no new key is made");
  const see = (key: string) => send(`${again.url}/v1/keys`, "GET", undefined, asked(key));
  assert.deepEqual([(await see(former)).status, (await see(admin.key)).status], [401, 200]);
  await again.stop();

  const stubborn = await restarted(t, own, former);
  assert.match(stubborn.stderr, /ANTIPHON_API_KEY is a key that was revoked/);
  assert.equal((await see(former)).status, 401, "what was revoked stays so");
  await stubborn.stop();

  const rescued = await restarted(t, own, "locked-out-0123456789");
  assert.deepEqual([(await see("locked-out-0123456789")).status, (await see(admin.key)).status], [200, 200]);
  await rescued.stop();
});

test("npm start makes another key where its own was revoked, for it shows one", async (t) => {
  const first = await startStack();
  t.after(() => first[Symbol.asyncDispose]());
  const made = await first.call("POST", "/v1/keys", { name: "me", scopes: ["admin"] });
  assert.equal(made.status, 201);
  assert.equal((await first.call("DELETE", "/v1/keys/key_bootstrap")).status, 204);
  await first.stop();
  const second = await startStack({ from: first });
  t.after(() => second.stop());
  assert.notEqual(second.key, first.key);
  assert.equal((await second.call("GET", "/v1/keys")).status, 200);
  assert.equal((await second.call("GET", "/v1/keys", undefined, asked(first.key))).status, 401);
  await second.stop();
});
