import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { Agent } from "undici";
import { eventually } from "../../test/support/eventually.ts";
import { type Exchange, Transport } from "./transport.ts";

const secret = "123456:AAH-secret";
/** Far more than an answer takes on any machine: a name server may be silent for a while. */
const limits = { deadlineMs: 60_000, maxBytes: 1_000 };

interface Peer extends AsyncDisposable {
  port: number;
  /** What arrived, all connections together. */
  received(): string;
  connections(): number;
}

/** A server that speaks no HTTP by itself: `react` gets each connection once it has sent a whole head. */
async function peer(react: (socket: Socket) => void): Promise<Peer> {
  const sockets = new Set<Socket>();
  let text = "";
  let count = 0;
  const server = createServer((socket) => {
    count++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      text += chunk;
      if (String(chunk).includes("\r\n\r\n")) react(socket);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as { port: number }).port,
    received: () => text,
    connections: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function post(port: number, host = "127.0.0.1") {
  return {
    method: "POST",
    url: `http://${host}:${port}/bot${secret}/sendMessage`,
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: '{"text":"hello"}',
  };
}

function answer(body: string, head = "HTTP/1.1 200 OK\r\n"): string {
  return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

async function withTransport<Result>(use: (transport: Transport) => Promise<Result>): Promise<Result> {
  const transport = new Transport();
  try {
    return await use(transport);
  } finally {
    await transport.close();
  }
}

test("an answer comes back whole, with its status and with lower-case header names", async () => {
  await using server = await peer((socket) =>
    socket.write(answer('{"ok":true}', "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n")),
  );
  const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
  assert.equal(exchange.kind, "answer");
  assert.ok(exchange.kind === "answer");
  assert.equal(exchange.response.status, 429);
  assert.equal(exchange.response.headers["retry-after"], "7");
  assert.equal(exchange.response.body, '{"ok":true}');
  assert.equal(exchange.cut, false);
  assert.match(server.received(), /^POST \/bot123456:AAH-secret\/sendMessage HTTP\/1\.1\r\n/);
  assert.ok(server.received().endsWith('{"text":"hello"}'));
});

test("a refused connection leaves nothing written", async () => {
  const closed = await peer(() => {});
  const { port } = closed;
  await closed[Symbol.asyncDispose]();
  const exchange = await withTransport((transport) => transport.exchange(post(port), limits));
  assert.deepEqual(exchange, { kind: "unwritten", reason: "ECONNREFUSED" });
});

test("a name that does not resolve leaves nothing written", async () => {
  const exchange = await withTransport((transport) =>
    transport.exchange(post(80, "no-such-host.invalid"), limits),
  );
  assert.equal(exchange.kind, "unwritten");
  assert.match(exchange.kind === "unwritten" ? exchange.reason : "", /^(ENOTFOUND|EAI_AGAIN)$/);
});

test("an address that is no URL leaves nothing written and is not told", async () => {
  const exchange = await withTransport((transport) =>
    transport.exchange({ ...post(1), url: `not a url ${secret}` }, limits),
  );
  assert.equal(exchange.kind, "unwritten");
  assert.ok(!JSON.stringify(exchange).includes(secret));
});

test("a connection reset after the request was read is unanswered", async () => {
  await using server = await peer((socket) => socket.resetAndDestroy());
  const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
  assert.equal(exchange.kind, "unanswered");
  assert.equal(server.connections(), 1, "it is not sent again by itself");
});

test("a connection closed in the middle of the answer is unanswered", async () => {
  await using server = await peer((socket) =>
    socket.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"),
  );
  const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
  assert.equal(exchange.kind, "unanswered");
  assert.equal(server.connections(), 1);
});

test("an answer that is no HTTP is unanswered", async () => {
  await using server = await peer((socket) => socket.write("what?\r\n\r\n"));
  const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
  assert.equal(exchange.kind, "unanswered");
});

test("silence is unanswered at the deadline", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const arrived = Promise.withResolvers<void>();
  await using server = await peer(() => arrived.resolve());
  await withTransport(async (transport) => {
    let over: Exchange | undefined;
    void transport.exchange(post(server.port), { ...limits, deadlineMs: 150 }).then((exchange) => {
      over = exchange;
    });
    await arrived.promise;
    t.mock.timers.tick(149);
    await new Promise(setImmediate);
    assert.equal(over, undefined);
    t.mock.timers.tick(1);
    await new Promise(setImmediate);
    assert.deepEqual(over, { kind: "unanswered", reason: "no answer in time" });
  });
});

test("an answer that drips is cut off by the deadline of the whole exchange", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const drips: NodeJS.Timeout[] = [];
  let passedMs = 0;
  await using server = await peer((socket) => {
    socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n");
    const drip = () => {
      socket.write(".");
      passedMs += 20;
      t.mock.timers.tick(20);
      // So that one that knows no deadline ends as well, with another reason.
      if (passedMs >= 10 * 300) socket.destroy();
    };
    drips.push(setInterval(drip, 1));
  });
  const exchange = await withTransport((transport) =>
    transport.exchange(post(server.port), { deadlineMs: 300, maxBytes: 100_000 }).finally(() => {
      for (const drip of drips) clearInterval(drip);
    }),
  );
  assert.deepEqual(exchange, { kind: "unanswered", reason: "no answer in time" });
  assert.equal(passedMs, 300);
});

test("a body is read to its limit exactly, and cut after it", async () => {
  for (const [length, isCut] of [
    [1_000, false],
    [1_001, true],
    [3_000_000, true],
  ] as const) {
    await using server = await peer((socket) => socket.write(answer("x".repeat(length))));
    const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
    assert.ok(exchange.kind === "answer");
    assert.equal(exchange.cut, isCut);
    assert.equal(exchange.response.body, "x".repeat(1_000));
  }
});

test("a redirect is an answer and is not followed", async () => {
  await using target = await peer((socket) => socket.write(answer("stolen")));
  await using server = await peer((socket) =>
    socket.write(
      answer("", `HTTP/1.1 307 Temporary Redirect\r\nlocation: http://127.0.0.1:${target.port}/\r\n`),
    ),
  );
  const exchange = await withTransport((transport) => transport.exchange(post(server.port), limits));
  assert.equal(exchange.kind === "answer" && exchange.response.status, 307);
  assert.equal(target.connections(), 0);
});

test("no reason names the address, the token in it or a header", async () => {
  const reasons: string[] = [];
  const note = async (port: number, deadlineMs = 3_000) => {
    const exchange = await withTransport((transport) =>
      transport.exchange(post(port), { ...limits, deadlineMs }),
    );
    assert.notEqual(exchange.kind, "answer");
    reasons.push(JSON.stringify(exchange));
  };
  {
    await using resetting = await peer((socket) => socket.resetAndDestroy());
    await note(resetting.port);
    await using silent = await peer(() => {});
    await note(silent.port, 50);
    await using garbled = await peer((socket) => socket.write("HTTP/9 no\r\n\r\n"));
    await note(garbled.port);
  }
  for (const reason of reasons) assert.doesNotMatch(reason, /AAH-secret|http:|127\.0\.0\.1|sendMessage/);
});

test("a raised signal ends an exchange that is under way, and one that has not begun", async () => {
  const controller = new AbortController();
  await using server = await peer(() => controller.abort());
  const under = await withTransport((transport) =>
    transport.exchange(post(server.port), { ...limits, signal: controller.signal }),
  );
  assert.deepEqual(under, { kind: "unanswered", reason: "stopped" });
  const before = await withTransport((transport) =>
    transport.exchange(post(server.port), { ...limits, signal: AbortSignal.abort() }),
  );
  assert.deepEqual(before, { kind: "unwritten", reason: "stopped" });
  assert.equal(server.received().match(/POST /g)?.length, 1, "the second one never left");
});

test("a request still queued behind another at its deadline is unwritten and never leaves", async () => {
  const sockets: Socket[] = [];
  await using server = await peer((socket) => sockets.push(socket));
  const transport = new Transport(new Agent({ connections: 1, pipelining: 1 }));
  const first = transport.exchange(post(server.port), limits);
  const second = await transport.exchange(
    { ...post(server.port), url: `http://127.0.0.1:${server.port}/second` },
    { ...limits, deadlineMs: 100 },
  );
  assert.deepEqual(second, { kind: "unwritten", reason: "no answer in time" });
  sockets[0]?.write(answer("done"));
  assert.equal((await first).kind, "answer");
  const third = transport.exchange(
    { ...post(server.port), url: `http://127.0.0.1:${server.port}/third` },
    limits,
  );
  await eventually("the third", () => server.received().includes("/third") || undefined);
  sockets.at(-1)?.write(answer("done"));
  assert.equal((await third).kind, "answer");
  assert.ok(!server.received().includes("/second"));
  await transport.close();
});

test("a form is written with its fields, its file and its length", async () => {
  const server = createHttpServer();
  const arrived = Promise.withResolvers<Request>();
  server.on("request", async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const headers = request.headers as Record<string, string>;
    arrived.resolve(
      new Request("http://localhost", { method: "POST", headers, body: Buffer.concat(chunks) }),
    );
    response.end("{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { body: _, ...request } = post((server.address() as { port: number }).port);
  const bytes = new Uint8Array([0, 13, 10, 45, 45, 255]);
  const file = { field: "photo", name: 'my "best" photo.jpg', mimeType: "image/jpeg", bytes };
  const form = { fields: { chat_id: "5", caption: "Olá\r\nÁgua" }, file };
  const exchange = await withTransport((transport) =>
    transport.exchange({ ...request, headers: {}, form }, limits),
  );
  server.close();
  assert.equal(exchange.kind, "answer");
  const read = await arrived.promise;
  assert.match(read.headers.get("content-length")!, /^\d+$/);
  const { chat_id, caption, photo } = Object.fromEntries(await read.formData());
  assert.deepEqual([chat_id, caption], ["5", "Olá\r\nÁgua"]);
  assert.ok(photo instanceof File);
  assert.deepEqual([photo.name, photo.type], ['my "best" photo.jpg', "image/jpeg"]);
  assert.deepEqual(new Uint8Array(await photo.arrayBuffer()), bytes);
});

test("a body that is left before its end troubles nobody", async () => {
  await using server = await peer((socket) =>
    socket.write("HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\nhalf"),
  );
  await withTransport(async (transport) => {
    const opened = await transport.open(post(server.port), new AbortController().signal);
    assert.ok(opened.kind === "answer");
    opened.body.destroy();
    await new Promise((resolve) => opened.body.once("close", resolve));
  });
});

/** A form of so many bytes, to a peer that then does this; `stop` is given to both. */
async function upload(bytes: number, react: (socket: Socket, stop: AbortController) => void) {
  const stop = new AbortController();
  await using server = await peer((socket) => react(socket, stop));
  const { body: _, ...request } = post(server.port);
  const file = { field: "photo", name: "a.jpg", mimeType: "image/jpeg", bytes: new Uint8Array(bytes) };
  const upload = { withinMs: 60_000, signal: stop.signal };
  return await withTransport((transport) =>
    transport.exchange(
      { ...request, headers: {}, form: { fields: {}, file } },
      { ...limits, deadlineMs: 300, upload },
    ),
  );
}

test("an upload that breaks off before its end was not written, for nobody can take half a form", async () => {
  const stopped = await upload(40_000_000, (socket, stop) => {
    socket.pause();
    stop.abort();
  });
  assert.deepEqual(stopped, { kind: "unwritten", reason: "stopped" });
  assert.equal((await upload(40_000_000, (socket) => socket.destroy())).kind, "unwritten");
});

test("an upload's body has more time than a call's answer", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const exchange = await upload(40_000_000, (socket) => {
    socket.pause();
    socket.removeAllListeners("data").on("end", () => {});
    t.mock.timers.tick(2 * 300);
    socket.once("data", () => setImmediate(() => socket.write(answer("{}"))));
    socket.resume();
  });
  assert.equal(exchange.kind, "answer");
});

test("an upload whose whole body left has the time of a call for its answer, also when the gateway stops", async () => {
  const exchange = await upload(10, (_socket, stop) => stop.abort());
  assert.deepEqual(exchange, { kind: "unanswered", reason: "no answer in time" });
});
