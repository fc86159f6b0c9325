import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { guardedAgent } from "../../src/gateway/guard.ts";
import { cutAfter } from "../../src/gateway/receiving/media.ts";
import { Uploads } from "../../src/gateway/sending/upload.ts";
import { Transport } from "../../src/gateway/transport.ts";
import { eventually } from "../support/eventually.ts";
import { realClock } from "../support/fake-clock.ts";
import { heldBytes } from "../support/held-bytes.ts";

const mb = 1024 * 1024;
const tenGb = 10 * 1024 * mb;
const silentOrHonest: Record<string, string>[] = [{}, { "content-length": String(tenGb) }];
const limits = { deadlineMs: 60_000, maxBytes: 64 * 1024 };

/** As an endpoint, as a platform, as a file's host: all answer whatever is given. */
class Host {
  /** Bytes that it could write before nobody read any more. */
  written = 0;
  /** Connections that stand. */
  reading = 0;
  readonly #server: Server;

  constructor(listen: RequestListener) {
    this.#server = createServer(listen).on("connection", (socket) => {
      this.reading++;
      socket.once("close", () => this.reading--);
    });
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

/**
 * More than the sockets' buffers of both sides hold (Linux's own: 10 MB at most), and far from the 10 GB that come to
 * whoever goes on reading. Nobody can hold more than was written to them.
 */
const buffersMb = 128;

function assertLittleWritten(host: Host, passed = 0): void {
  const mbs = (host.written - passed) / mb;
  assert.ok(mbs < buffersMb, `${mbs} MB more were taken than passed on`);
}

for (const [whose, transport] of transports())
  test(`an answer of 10 GB of ${whose} is cut at 64 KB, and no more of it is taken than the sockets hold`, async (t) => {
    const before = heldBytes();
    let written = 0;
    for (const headers of silentOrHonest) {
      for (let round = 0; round < 10; round++) {
        await using host = Host.endless(tenGb, headers);
        const exchange = await transport.exchange(post(await host.url()), limits);
        assert.ok(exchange.kind === "answer" && exchange.cut, JSON.stringify(exchange).slice(0, 200));
        assert.equal(exchange.response.body.length, limits.maxBytes);
        await untilGone(host);
        written += host.written;
      }
    }
    t.diagnostic(`it could send ${(written / 20 / mb).toFixed(1)} MB of an answer`);
    await letGo(before);
    await transport.close();
  });

test("a file of 10 GB is given up where its host says so, and at the byte too many where it does not", async () => {
  const transport = new Transport(guardedAgent(true));
  const uploads = new Uploads(transport, realClock());
  const before = heldBytes();
  for (const headers of silentOrHonest) {
    await using host = Host.endless(tenGb, headers);
    const source = { link: await host.url("/big.png"), field: "photo", maxBytes: 10 * mb };
    const wish = { channelId: "one", givenUp: new AbortController().signal };
    const fetched = await uploads.run(source, wish, async () => assert.fail("it was sent"));
    assert.ok(
      fetched.kind === "failed" && /larger than the 10 MB/.test(fetched.reason),
      JSON.stringify(fetched),
    );
    await untilGone(host);
  }
  await letGo(before);
  await transport.close();
});

test("a contact's file of 10 GB is passed on to its limit, read no faster than it is taken, and ends in an error", async (t) => {
  const maxBytes = 512 * mb;
  const transport = new Transport();
  await using host = Host.endless(tenGb);
  const opened = await transport.open(
    { method: "GET", url: await host.url(), headers: {} },
    new AbortController().signal,
  );
  assert.ok(opened.kind === "answer");
  const before = heldBytes();
  const cut = cutAfter(opened.body, maxBytes);
  let passed = 0;
  let ahead = 0;
  const reading = async () => {
    for await (const chunk of cut) {
      const pauses = Math.floor(passed / (64 * mb));
      passed += chunk.length;
      if (Math.floor(passed / (64 * mb)) > pauses) await untilStuck(host, passed);
      assertLittleWritten(host, passed);
      ahead = Math.max(ahead, host.written - passed);
    }
  };
  await untilStuck(host, passed);
  await assert.rejects(reading(), /too large/);
  t.diagnostic(`${passed / mb} MB were passed on; at most ${(ahead / mb).toFixed(1)} MB were on their way`);
  assert.ok(passed <= maxBytes && passed > maxBytes - mb, `${passed} bytes`);
  await letGo(before);
  await transport.close();
});

/** Whoever has enough ends the connection, and reads little until then. */
async function untilGone(host: Host): Promise<void> {
  await eventually("end of the connection", () => {
    assertLittleWritten(host);
    return host.reading === 0 || undefined;
  });
}

/** Reads nothing until the host has been able to write nothing for so many turns. */
async function untilStuck(host: Host, passed: number): Promise<void> {
  let [written, turns] = [host.written, 0];
  while (turns++ < 500) {
    await turn();
    if (host.written !== written) [written, turns] = [host.written, 0];
    assertLittleWritten(host, passed);
  }
}

/** Waits until nobody holds what came: a tenth of it would be more. */
function letGo(before: number): Promise<true> {
  return eventually("end of what was held", () => heldBytes() - before < 16 * mb || undefined);
}

/** A server that writes raw bytes, one piece every few milliseconds, for ever. */
async function dripping(pieces: () => string): Promise<{ url: string; close(): void }> {
  const drips = new Map<Socket, NodeJS.Timeout>();
  const server = createTcpServer((socket) => {
    socket.on("error", () => {}).resume();
    drips.set(
      socket,
      setInterval(() => socket.write(pieces()), 5),
    );
    socket.once("close", () => clearInterval(drips.get(socket)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    for (const [socket, drip] of drips) {
      // Its `close` comes later, and where the loop is late the next piece comes before.
      clearInterval(drip);
      socket.destroy();
    }
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
