import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { finished } from "node:stream/promises";
import { test } from "node:test";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { guardedAgent } from "../../src/gateway/guard.ts";
import { cutAfter } from "../../src/gateway/media.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { Uploads } from "../../src/gateway/upload.ts";
import { realClock } from "../support/fake-clock.ts";

const mb = 1024 * 1024;
const tenGb = 10 * 1024 * mb;
const silentOrHonest: Record<string, string>[] = [{}, { "content-length": String(tenGb) }];
const limits = { deadlineMs: 60_000, maxBytes: 64 * 1024 };

/** As an endpoint, as a platform, as a file's host: all answer whatever is given. */
class Host {
  /** Bytes that it could write before nobody read any more. */
  written = 0;
  readonly #server: Server;

  constructor(listen: RequestListener) {
    this.#server = createServer(listen);
  }

  /** Sends so many bytes as long as they are taken, and says so at the beginning, or does not. */
  static endless(bytes: number, headers: Record<string, string> = {}): Host {
    const chunk = Buffer.alloc(64 * 1024, "x");
    const host: Host = new Host((_request, response) => {
      response.writeHead(200, headers);
      const write = () => {
        while (!response.destroyed && host.written < bytes) {
          host.written += chunk.length;
          if (!response.write(chunk)) return;
        }
      };
      response.on("drain", write);
      response.on("error", () => {});
      write();
    });
    return host;
  }

  async url(path = "/"): Promise<string> {
    if (!this.#server.listening) {
      this.#server.listen(0, "127.0.0.1");
      await once(this.#server, "listening");
    }
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function transports(): [string, Transport][] {
  return [
    ["a platform", new Transport()],
    ["an endpoint", new Transport(guardedAgent(true))],
  ];
}

const post = (url: string) => ({ method: "POST", url, headers: {}, body: "{}" });

for (const [whose, transport] of transports())
  test(`an answer of 10 GB of ${whose} is cut at 64 KB, and memory stays flat`, async (t) => {
    let written = 0;
    const before = process.memoryUsage().rss;
    for (const headers of silentOrHonest) {
      for (let round = 0; round < 10; round++) {
        await using host = Host.endless(tenGb, headers);
        const exchange = await transport.exchange(post(await host.url()), limits);
        assert.ok(exchange.kind === "answer" && exchange.cut, JSON.stringify(exchange).slice(0, 200));
        assert.equal(exchange.response.body.length, limits.maxBytes);
        written = Math.max(written, host.written);
      }
    }
    const grownMb = (process.memoryUsage().rss - before) / mb;
    t.diagnostic(
      `it could send ${(written / mb).toFixed(1)} MB; memory grew by ${grownMb.toFixed(0)} MB over 20 answers`,
    );
    // What stands in the sockets' buffers of both sides.
    assert.ok(written < 32 * mb, `${written} bytes were taken`);
    assert.ok(grownMb < 64, `${grownMb} MB`);
    await transport.close();
  });

test("a file of 10 GB is given up where its host says so, and at the byte too many where it does not", async (t) => {
  const transport = new Transport(guardedAgent(true));
  const uploads = new Uploads(transport, realClock());
  const before = process.memoryUsage().rss;
  for (const headers of silentOrHonest) {
    await using host = Host.endless(tenGb, headers);
    const source = { link: await host.url("/big.png"), field: "photo", maxBytes: 10 * mb };
    const wish = { channelId: "one", givenUp: new AbortController().signal };
    const fetched = await uploads.run(source, wish, async () => assert.fail("it was sent"));
    assert.ok(
      fetched.kind === "failed" && /larger than the 10 MB/.test(fetched.reason),
      JSON.stringify(fetched),
    );
    assert.ok(host.written < 48 * mb, `${host.written} bytes were taken`);
  }
  t.diagnostic(`memory grew by ${((process.memoryUsage().rss - before) / mb).toFixed(0)} MB`);
  await transport.close();
});

test("a contact's file of 10 GB is passed on to its limit, read no faster than it is taken, and ends in an error", async (t) => {
  const transport = new Transport();
  await using host = Host.endless(tenGb);
  const opened = await transport.open(
    { method: "GET", url: await host.url(), headers: {} },
    new AbortController().signal,
  );
  assert.ok(opened.kind === "answer");
  const cut = cutAfter(opened.body, 64 * mb);
  const before = process.memoryUsage().rss;
  let passed = 0;
  cut.on("data", (chunk: Buffer) => {
    passed += chunk.length;
  });
  await assert.rejects(finished(cut), /too large/);
  const grownMb = (process.memoryUsage().rss - before) / mb;
  t.diagnostic(`${passed / mb} MB were passed on; memory grew by ${grownMb.toFixed(0)} MB`);
  assert.ok(passed <= 64 * mb && grownMb < 64);
  await transport.close();
});

/** A server that writes raw bytes, one piece every few milliseconds, for ever. */
async function dripping(pieces: () => string): Promise<{ url: string; close(): void }> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => {}).resume());
    const timer = setInterval(() => socket.write(pieces()), 5);
    socket.once("close", () => clearInterval(timer));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}/`, close };
}

test("an answer that drips, in its head or in its body, ends at its deadline", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
  const drips: Record<string, () => () => string> = {
    "a head without end": () => {
      let piece = 0;
      return () => (piece++ ? "x" : "HTTP/1.1 200 OK\r\nX-Slow: ");
    },
    "a body byte by byte": () => {
      let piece = 0;
      return () => (piece++ ? "x" : head);
    },
    "nothing but interim answers": () => () => "HTTP/1.1 102 Processing\r\n\r\n",
  };
  const [deadlineMs, pieceMs] = [300, 10];
  for (const [name, start] of Object.entries(drips))
    for (const [, transport] of transports()) {
      let passedMs = 0;
      const next = start();
      const server = await dripping(() => {
        passedMs += pieceMs;
        t.mock.timers.tick(pieceMs);
        // So that one that knows no deadline ends as well, with another reason.
        if (passedMs >= 10 * deadlineMs) server.close();
        return next();
      });
      const exchange = await transport
        .exchange(post(server.url), { ...limits, deadlineMs })
        .finally(() => server.close());
      assert.ok(exchange.kind !== "answer", `${name}: ${exchange.kind}`);
      assert.equal(exchange.reason, "no answer in time", name);
      assert.equal(passedMs, deadlineMs, name);
      await transport.close();
    }
});

test("heads that are too large, or no HTTP, are no answer", async () => {
  const heads = [
    `HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(100_000)}\r\n`,
    `HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(mb)}\r\n\r\n`,
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "SSH-2.0-OpenSSH_9\r\n",
    "\x00".repeat(1_000),
    "HTTP/1.1 999999 OK\r\n\r\n",
  ];
  for (const head of heads)
    for (const [, transport] of transports()) {
      const pieces = [head];
      const server = await dripping(() => pieces.shift() ?? "");
      const exchange = await transport.exchange(post(server.url), { ...limits, deadlineMs: 1_000 });
      assert.notEqual(exchange.kind, "answer", head.slice(0, 60));
      server.close();
      await transport.close();
    }
});

test("a compressed answer stays compressed: a bomb is as small as it came", async (t) => {
  const whole = Buffer.alloc(100 * mb);
  const bombs = {
    gzip: gzipSync(whole),
    br: brotliCompressSync(whole.subarray(0, 20 * mb)),
    deflate: deflateSync(whole),
  };
  for (const [encoding, bomb] of Object.entries(bombs))
    for (const [, transport] of transports()) {
      await using host = new Host((request, response) => {
        assert.equal(request.headers["accept-encoding"], undefined, "nobody asked for it");
        response
          .writeHead(200, { "content-encoding": encoding, "content-type": "application/json" })
          .end(bomb);
      });
      const exchange = await transport.exchange(post(await host.url()), { ...limits, maxBytes: mb });
      assert.ok(exchange.kind === "answer");
      assert.ok(
        exchange.response.body.length <= bomb.length,
        `${encoding}: ${exchange.response.body.length}`,
      );
      await transport.close();
    }
  t.diagnostic(`100 MB in ${bombs.gzip.length} bytes of gzip, and no byte more was held`);
});
