import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { type Answer, freePort, type Stack, send, startStack } from "../support/stack.ts";

/** A customer's endpoint that answers when the test lets it. */
const held: ServerResponse[] = [];
const slow = createServer((request, response) => {
  request.resume();
  held.push(response);
});
let stack: Stack;
let url = "";

before(async () => {
  slow.listen(0, "127.0.0.1");
  await once(slow, "listening");
  const { port } = slow.address() as { port: number };
  stack = await startStack();
  url = `http://127.0.0.1:${port}/hook`;
});
after(async () => {
  slow.closeAllConnections();
  slow.close();
  await stack[Symbol.asyncDispose]();
});

const by = (key: string) => ({ authorization: `Bearer ${key}` });
const change = (id: string, body: object) => stack.call("PATCH", `/v1/keys/${id}`, body);
const revoke = (id: string) => stack.call("DELETE", `/v1/keys/${id}`);
const listed = async (path: string) => (await stack.call("GET", path)).json.data as { id: string }[];

async function make(wish: object = {}): Promise<{ id: string; key: string }> {
  const { status, json, text } = await stack.call("POST", "/v1/keys", {
    name: "thief",
    scopes: ["admin"],
    ...wish,
  });
  assert.equal(status, 201, text);
  return json;
}

/** Sends all of a request but the end of its body, and that when `meanwhile` is done. Gives the status. */
async function endedAfter(key: string, body: object, meanwhile: () => Promise<Answer>): Promise<number> {
  const text = JSON.stringify(body);
  const head = [
    "POST /v1/keys HTTP/1.1",
    `host: 127.0.0.1:${stack.port}`,
    `authorization: Bearer ${key}`,
    "content-type: application/json",
    `content-length: ${text.length}`,
    "expect: 100-continue",
    "connection: close",
  ];
  const socket = connect(stack.port, "127.0.0.1").setEncoding("utf8");
  let answer = "";
  socket.on("data", (more: string) => {
    answer += more;
  });
  socket.write(`${head.join("\r\n")}\r\n\r\n${text.slice(0, 5)}`);
  await eventually("that the head was read", () => answer.startsWith("HTTP/1.1 100") || undefined);
  assert.ok((await meanwhile()).status < 300);
  socket.write(text.slice(5));
  if (!socket.closed) await once(socket, "close");
  return Number(/\r\n\r\nHTTP\/1\.1 (\d+)/.exec(answer)?.[1]);
}

/** What a request gets that waits for somebody, who answers when `meanwhile` is done. */
async function answeredAfter(asked: Promise<Answer>, meanwhile: () => Promise<Answer>): Promise<Answer> {
  const response = await eventually("that it waits", () => held.shift());
  assert.ok((await meanwhile()).status < 300);
  response.writeHead(204).end();
  return asked;
}

test("a request that ends after its key has made no other key: not of a revoked, a rotated or a narrowed one", async () => {
  for (const [end, status] of [
    [(id: string) => revoke(id), 401],
    [(id: string) => stack.call("POST", `/v1/keys/${id}/rotate`), 401],
    [(id: string) => change(id, { scopes: ["read"] }), 403],
    [(id: string) => change(id, { expires_at: "2020-01-01T00:00:00Z" }), 401],
  ] as const) {
    const { id, key } = await make();
    const before = await listed("/v1/keys");
    const body = { name: "mine for ever", scopes: ["admin"] };
    assert.equal(await endedAfter(key, body, () => end(id)), status);
    const added = (await listed("/v1/keys")).filter((one) => !before.some((known) => known.id === one.id));
    assert.deepEqual(added, []);
  }
});

test("an endpoint whose test delivery outlasts the key of who wants it is not made", async () => {
  const { id, key } = await make({ scopes: ["manage"] });
  const asked = send(`${stack.url}/v1/endpoints`, "POST", { url }, by(key));
  const { status } = await answeredAfter(asked, () => revoke(id));
  assert.deepEqual([status, await listed("/v1/endpoints")], [401, []]);
});

test("an endpoint gets no channel that its maker's key has lost meanwhile", async () => {
  const [one, other] = (await listed("/v1/channels")).map((channel) => channel.id);
  const { id, key } = await make({ scopes: ["manage"], channels: [one, other] });
  const asked = send(`${stack.url}/v1/endpoints`, "POST", { url }, by(key));
  const made = await answeredAfter(asked, () => change(id, { channels: [one] }));
  assert.deepEqual([made.status, made.json.channels], [201, [one]]);
  const moved = send(`${stack.url}/v1/endpoints/${made.json.id}`, "PATCH", { url: `${url}/moved` }, by(key));
  const lost = await answeredAfter(moved, () => change(id, { channels: [other] }));
  const { json } = await stack.call("GET", `/v1/endpoints/${made.json.id}`);
  assert.deepEqual([lost.status, json.url], [404, url]);
  assert.equal((await stack.call("DELETE", `/v1/endpoints/${made.json.id}`)).status, 204);
});

test("an endpoint is not moved for a key that ended while the new address was tried", async () => {
  const { id, key } = await make({ scopes: ["manage"] });
  const first = send(`${stack.url}/v1/endpoints`, "POST", { url }, by(key));
  const { json: endpoint } = await answeredAfter(first, () => change(id, { name: "a thief" }));
  const path = `/v1/endpoints/${endpoint.id}`;
  const moved = send(`${stack.url}${path}`, "PATCH", { url: `${url}/thief` }, by(key));
  const { status } = await answeredAfter(moved, () => revoke(id));
  assert.deepEqual([status, (await stack.call("GET", path)).json.url], [401, url]);
});

test("a channel is neither connected nor changed for a key that ended while its platform was asked", async (t) => {
  const asked: (() => void)[] = [];
  let isHeld = false;
  const platform = createServer((request, response) => {
    const [, , node = ""] = (request.url ?? "").split(/[/?]/);
    const answer = () => response.end(JSON.stringify({ id: node, success: true, data: [] }));
    if (isHeld) asked.push(answer);
    else answer();
  }).listen(0, "127.0.0.1");
  await once(platform, "listening");
  const { port: simulatorPort } = platform.address() as { port: number };
  const dataDir = await mkdtemp(join(tmpdir(), "antiphon-"));
  const place = { port: await freePort(), simulatorPort, dataDir };
  const own = await startStack({ command: "serve", from: place as Stack });
  t.after(async () => {
    platform.closeAllConnections();
    platform.close();
    await own[Symbol.asyncDispose]();
  });
  const wish = (id: string, change: object = {}) => ({
    platform: "whatsapp",
    simulated: true,
    credentials: { phone_number_id: id, access_token: "EAAtoken0123456789", app_secret: "0123456789abcdef" },
    ...change,
  });
  const { json: channel, status, text } = await own.call("POST", "/v1/channels", wish("4242"));
  assert.equal(status, 201, text);
  const token = { access_token: "EAAother0123456789" };
  for (const [method, path, body] of [
    ["POST", "/v1/channels", wish("4343")],
    ["PATCH", `/v1/channels/${channel.id}`, { name: "a thief's", credentials: token }],
  ] as const) {
    const { json: thief } = await own.call("POST", "/v1/keys", { name: "thief", scopes: ["manage"] });
    isHeld = true;
    const answered = own.call(method, path, body, by(thief.key));
    await eventually("that the platform is asked", () => asked[0]);
    assert.equal((await own.call("DELETE", `/v1/keys/${thief.id}`)).status, 204);
    isHeld = false;
    for (const answer of asked.splice(0)) answer();
    assert.equal((await answered).status, 401, (await answered).text);
  }
  const { data } = (await own.call("GET", "/v1/channels")).json;
  assert.deepEqual(
    data.map(({ id, name }: Record<string, string>) => [id, name]),
    [[channel.id, channel.name]],
  );
});
