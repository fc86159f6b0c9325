import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { raw } from "../support/raw-http.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
before(async () => {
  stack = await startStack({ command: "serve" });
});
after(() => stack[Symbol.asyncDispose]());

/** What would be answered 200 if it were read as a request of its own. */
const smuggled = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
const post = (headers: string, body: string) =>
  `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: KEY\r\nContent-Type: application/json\r\n${headers}\r\n${body}`;
const both = `${chunk("{}")}0\r\n\r\n`;

/** Requests that two servers could read in two ways, or that are none. RFC 9112, sections 5, 6 and 11. */
const corpus: Record<string, string> = {
  "a length and chunks": post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${smuggled}`),
  "chunks and a length": post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", both + smuggled),
  "two lengths": post("Content-Length: 2\r\nContent-Length: 40\r\n", `{}${smuggled}`),
  "the same length twice": post("Content-Length: 2\r\nContent-Length: 2\r\n", `{}${smuggled}`),
  "a list of lengths": post("Content-Length: 2, 2\r\n", `{}${smuggled}`),
  "a negative length": post("Content-Length: -2\r\n", `{}${smuggled}`),
  "a length with a plus": post("Content-Length: +2\r\n", `{}${smuggled}`),
  "a hexadecimal length": post("Content-Length: 0x2\r\n", `{}${smuggled}`),
  "a length with a space within": post("Content-Length: 1 2\r\n", `{}${smuggled}`),
  "an endless length": post(`Content-Length: ${"9".repeat(40)}\r\n`, `{}${smuggled}`),
  "an empty length": post("Content-Length: \r\n", `{}${smuggled}`),
  "a space before the colon": post("Content-Length : 2\r\n", `{}${smuggled}`),
  "a space before the colon of chunks": post("Transfer-Encoding : chunked\r\n", both + smuggled),
  "chunks under another name": post("Transfer-Encoding: xchunked\r\n", both + smuggled),
  "chunks twice": post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", both + smuggled),
  "chunks before another coding": post("Transfer-Encoding: chunked, identity\r\n", both + smuggled),
  "chunks by a vertical tab": post("Transfer-Encoding: \x0bchunked\r\n", both + smuggled),
  "identity and a length": post("Transfer-Encoding: identity\r\nContent-Length: 2\r\n", `{}${smuggled}`),
  "a folded header": post("X-A: b\r\n Content-Length: 40\r\nContent-Length: 2\r\n", `{}${smuggled}`),
  "folded chunks": post("Transfer-Encoding:\r\n chunked\r\n", both + smuggled),
  "bare line feeds": `GET /healthz HTTP/1.1\nHost: localhost\n\n${smuggled}`,
  "a bare line feed in a header": post(
    "X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n",
    smuggled,
  ),
  "a bare carriage return in a header": post("X-A: b\rContent-Length: 40\r\n", `{}${smuggled}`),
  "a NUL in a header": post("X-A: b\x00c\r\nContent-Length: 2\r\n", `{}${smuggled}`),
  "a NUL in a header's name": post("X-\x00A: b\r\n", smuggled),
  "a header without a colon": post("Nothing\r\n", smuggled),
  "a header without a name": post(": b\r\n", smuggled),
  "a header before the first": "GET /healthz HTTP/1.1\r\n Host: localhost\r\n\r\n",
  "a chunk whose size is no number": post(
    "Transfer-Encoding: chunked\r\n",
    `zz\r\n{}\r\n0\r\n\r\n${smuggled}`,
  ),
  "a chunk's size with a prefix": post("Transfer-Encoding: chunked\r\n", `0x2\r\n{}\r\n0\r\n\r\n${smuggled}`),
  "a negative chunk": post("Transfer-Encoding: chunked\r\n", `-2\r\n{}\r\n0\r\n\r\n${smuggled}`),
  "an endless chunk": post("Transfer-Encoding: chunked\r\n", `${"f".repeat(17)}\r\n{}\r\n`),
  "a chunk's size ended by a line feed": post(
    "Transfer-Encoding: chunked\r\n",
    `2\n{}\r\n0\r\n\r\n${smuggled}`,
  ),
  "a chunk ended by a line feed": post("Transfer-Encoding: chunked\r\n", `2\r\n{}\n0\r\n\r\n${smuggled}`),
  "a chunk longer than it says": post("Transfer-Encoding: chunked\r\n", `1\r\n{}\r\n0\r\n\r\n${smuggled}`),
  "chunk extensions without end": post(
    "Transfer-Encoding: chunked\r\n",
    `2;${"a=b;".repeat(8_000)}\r\n{}\r\n`,
  ),
  "a line feed in a chunk extension": post(
    "Transfer-Encoding: chunked\r\n",
    `2;a\nb\r\n{}\r\n0\r\n\r\n${smuggled}`,
  ),
  "no Host": "GET /healthz HTTP/1.1\r\n\r\n",
  "another protocol": "GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n",
  "a tab for a space": "GET\t/healthz\tHTTP/1.1\r\nHost: localhost\r\n\r\n",
  "a method in small letters": "get /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "an unknown method": "STEAL /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
  "HTTP/2 without asking": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  "TLS where none is": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
  "nothing but NULs": "\x00".repeat(100),
};

test(`each of ${Object.keys(corpus).length} requests of two readings is a 400 that ends its connection`, async (t) => {
  let slowest = 0;
  for (const [name, bytes] of Object.entries(corpus)) {
    const startedMs = performance.now();
    const { statuses, isClosed, text } = await raw(stack.port, bytes.replace("KEY", stack.key));
    slowest = Math.max(slowest, performance.now() - startedMs);
    const first = text.slice(0, 300);
    assert.ok(isClosed, `${name}: the connection stayed open: ${first}`);
    assert.equal(statuses.length, 1, `${name}: ${statuses}: ${first}`);
    assert.ok([400, 413, 431].includes(statuses[0]!), `${name}: ${first}`);
  }
  t.diagnostic(`${Object.keys(corpus).length} refused, the slowest after ${slowest.toFixed(0)} ms`);
  assert.equal((await stack.call("GET", "/healthz")).status, 200);
});

test("a request behind an unread body is not answered", async () => {
  const { statuses, isClosed } = await raw(stack.port, post("Content-Length: 900000\r\n", smuggled));
  assert.deepEqual(statuses, [401]);
  assert.ok(isClosed);
});

test("two whole requests on one connection are two answers", async () => {
  const { statuses } = await raw(stack.port, smuggled + smuggled, 2);
  assert.deepEqual(statuses, [200, 200]);
});
