import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { operations } from "../../src/http/operations.ts";
import { raw } from "../support/raw-http.ts";
import { type Stack, send, spawnStack, startStack } from "../support/stack.ts";

const publicHost = "chat.example.com";
let stack: Stack;
before(async () => {
  stack = await startStack({ command: "serve", env: { ANTIPHON_PUBLIC_URL: `https://${publicHost}/base` } });
});
after(() => stack[Symbol.asyncDispose]());

/** One request as it is written, on a connection of its own. */
async function ask(head: string, more = "") {
  const { text, statuses } = await raw(stack.port, `${head}\r\nConnection: close\r\n${more}\r\n`);
  const [top = "", body = ""] = text.split("\r\n\r\n");
  return { status: statuses[0], head: top.toLowerCase(), body };
}
const from = (host: string, path = "/healthz") => ask(`GET ${path} HTTP/1.1\r\nHost: ${host}`);

const ours = [
  "localhost",
  "LOCALHOST",
  "127.0.0.1",
  "127.8.8.8",
  "[::1]",
  publicHost,
  publicHost.toUpperCase(),
];
const foreign = [
  "evil.example",
  "localhost.evil.example",
  "127.0.0.1.evil.example",
  "evil.example#localhost",
  "localhost@evil.example",
  `${publicHost}.evil.example`,
  `evil-${publicHost}`,
  "0.0.0.0",
  "10.0.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "2130706433",
  "0x7f.1",
  "[::]",
  "[::ffff:10.0.0.1]",
  "localhost.",
  "xn--lcalhost-n8a",
  "evil.example:80:80",
  "1270.0.0.1",
];

test("on loopback a foreign Host is refused, at every address, and ours and the public one are not", async (t) => {
  for (const host of ours)
    for (const port of ["", `:${stack.port}`, ":443"])
      assert.equal((await from(host + port)).status, 200, host + port);
  for (const host of foreign)
    for (const path of ["/healthz", "/metrics", "/v1/channels", "/webhooks/meta/x", "/docs", "/nothing"]) {
      const { status, body } = await from(`${host}:${stack.port}`, path);
      assert.equal(status, 403, `${host} ${path}: ${body}`);
      assert.match(body, /"code":"forbidden_host"/);
    }
  const doubled = await ask("GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example");
  assert.equal(doubled.status, 400);
  const absolute = await ask("GET http://evil.example/healthz HTTP/1.1\r\nHost: evil.example");
  assert.equal(absolute.status, 403);
  t.diagnostic(`${foreign.length} foreign names refused, ${ours.length} taken`);
});

test("metrics without a key are for loopback names alone, the public one not among them", async () => {
  assert.equal((await from("127.0.0.1", "/metrics")).status, 200);
  assert.equal((await from(publicHost, "/metrics")).status, 401);
});

test("no answer allows another origin, whatever asks for it", async () => {
  const origin = "Origin: https://evil.example\r\n";
  const wish = `${origin}Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n`;
  const paths = ["/v1/messages", "/v1/channels", "/healthz", "/webhooks/meta/x", "/openapi.json", "/nothing"];
  for (const path of paths)
    for (const method of ["OPTIONS", "GET", "POST"]) {
      const { status, head } = await ask(`${method} ${path} HTTP/1.1\r\nHost: localhost`, wish);
      assert.doesNotMatch(head, /access-control-/, `${method} ${path}`);
      if (method === "OPTIONS") assert.ok([401, 404, 405].includes(status!), `${method} ${path}: ${status}`);
    }
  assert.equal((await ask("OPTIONS * HTTP/1.1\r\nHost: localhost", origin)).status, 404);
});

test("TRACE, CONNECT and methods that nobody takes get nothing back of what they sent", async () => {
  for (const method of ["TRACE", "TRACK", "PROPFIND", "PURGE", "PUT", "LINK"]) {
    const { status, body } = await ask(
      `${method} /v1/messages HTTP/1.1\r\nHost: localhost`,
      "X-Secret: canary\r\n",
    );
    assert.ok([400, 404, 405].includes(status!), `${method}: ${status}`);
    assert.ok(!body.includes("canary"), body);
  }
  const connected = await raw(stack.port, "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.ok(!connected.statuses.includes(200) && connected.isClosed);
  const upgraded = await ask("GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket");
  assert.notEqual(upgraded.status, 101);
});

const everywhere: Record<string, RegExp> = {
  "x-content-type-options": /^nosniff$/,
  "content-security-policy": /default-src 'none'/,
  "referrer-policy": /^no-referrer$/,
  "cross-origin-resource-policy": /^same-origin$/,
};

test("every kind of answer says that it is not to be guessed at, framed or told of, and tells no version", async (t) => {
  const key = { authorization: `Bearer ${stack.key}` };
  const answers = [
    ...(await Promise.all(
      operations
        .filter(({ path }) => path !== "/v1/events/stream")
        .map(({ method, path }) =>
          send(stack.url + path.replace(/\{\w+\}/g, "none"), method.toUpperCase(), undefined, key),
        ),
    )),
    await send(`${stack.url}/docs`, "GET", undefined, {}),
    await send(`${stack.url}/`, "GET", undefined, {}),
    await send(`${stack.url}/nothing`, "POST", "{}", {}),
    await send(`${stack.url}/v1/messages`, "POST", "{", key),
    await send(`${stack.url}/v1/messages`, "POST", "a", { ...key, "content-type": "text/plain" }),
    await send(`${stack.url}/v1/channels/%zz`, "GET", undefined, key),
    await send(`${stack.url}/v1/messages/${"x".repeat(5_000)}`, "GET", undefined, key),
    await send(`${stack.url}/v1/messages`, "GET", undefined, {}),
    await send(`${stack.url}/webhooks/meta/none`, "POST", "{}", {}),
  ];
  for (const { status, headers } of answers)
    for (const [name, wanted] of Object.entries(everywhere))
      assert.match(String(headers[name]), wanted, `${status}: ${name} is ${headers[name]}`);
  const odd = [
    await ask("GET /healthz HTTP/1.1"),
    await ask("GET /healthz HTTP/1.1\r\nHost: localhost", `X-Large: ${"x".repeat(20_000)}\r\n`),
  ];
  assert.deepEqual(
    odd.map(({ status }) => status),
    [400, 431],
  );
  for (const { head } of odd)
    for (const name of Object.keys(everywhere)) assert.ok(head.includes(`${name}: `), `${name} in ${head}`);
  const versions = /\bfastify\b|\bnode(\.js)?[/ ]v?\d|\d+\.\d+\.\d+/i;
  for (const path of ["/healthz", "/readyz"]) {
    const { head, body } = await from("localhost", path);
    assert.doesNotMatch(body, versions);
    assert.doesNotMatch(head, /^(server|x-powered-by|via):/m);
  }
  t.diagnostic(`${answers.length + odd.length} answers looked at`);
});

test("a compressed body is refused unread, on the API and on webhooks", async () => {
  const channel = "/webhooks/whatsapp/none";
  for (const encoding of ["gzip", "br", "deflate", "zstd", "gzip, gzip", "compress", "identity, gzip"])
    for (const path of ["/v1/messages", channel]) {
      const headers = { authorization: `Bearer ${stack.key}`, "content-encoding": encoding };
      const { status } = await send(stack.url + path, "POST", Buffer.from([0x1f, 0x8b]), headers);
      // What is refused first differs; nothing is decompressed by either.
      assert.equal(status, 415, `${encoding} at ${path}`);
    }
});

test("headers of forwarding are not believed unless a proxy is told of", async () => {
  const forged = {
    "x-forwarded-for": "127.0.0.1",
    "x-forwarded-host": "evil.example",
    forwarded: "for=127.0.0.1",
  };
  const { status } = await send(`${stack.url}/healthz`, "GET", undefined, forged);
  assert.equal(status, 200);
  const metrics = await send(`${stack.url}/metrics`, "GET", undefined, forged);
  assert.equal(metrics.status, 401, "whoever is forwarded is not this machine");
});

test("a key that could be guessed is refused at the start, and no port opens", async () => {
  for (const key of [
    "short",
    "fifteen letters",
    " 0123456789abcdef",
    "0123456789\nabcdef",
    "a".repeat(40),
    "abc".repeat(9),
    "password".repeat(4),
  ]) {
    await using refused = await spawnStack({ command: "serve", env: { ANTIPHON_API_KEY: key } });
    await refused.ended;
    assert.equal(refused.child.exitCode, 1, `${JSON.stringify(key)} was taken`);
    assert.match(refused.stderr, /ANTIPHON_API_KEY must be/);
    assert.ok(!refused.stderr.includes(key.trim()), "the key is on the screen");
  }
});
