import assert from "node:assert/strict";
import { once } from "node:events";
import type { Socket } from "node:net";
import { test } from "node:test";
import { eventually } from "../support/eventually.ts";
import { quantile } from "../support/quantile.ts";
import { answered, opened } from "../support/raw-http.ts";
import { type Stack, send, startStack } from "../support/stack.ts";

const slowSockets = 2_000;
/** It is 10 s (src/http/listener.test.ts), and a busy machine's part in a second of their ends; Node.js's own is a minute. */
const slowestMs = 55_000;
/** As many short ones, of which the best counts: what others do on the machine only adds, and not to each of them. */
const rounds = 8;
/** Of this machine as well, and another address than that of the customers below. */
const elsewhere = "127.0.0.2";

const headers = "POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
const body = (key: string) =>
  `POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nX-Api-Key: ${key}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{`;

/** Opens a few at a time: the queue of new connections is no part of what is measured. */
async function slow(port: number, count: number, start: (index: number) => string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () => opened(port, elsewhere));
    sockets.push(...(await Promise.all(some)));
  }
  for (const [index, socket] of sockets.entries()) socket.write(start(index));
  return sockets;
}

/** A byte a second on each, spread over the second; gives what stops it. */
function drip(sockets: readonly Socket[]): () => void {
  let turn = 0;
  const timer = setInterval(() => {
    turn = (turn + 1) % 20;
    for (let i = turn; i < sockets.length; i += 20) if (sockets[i]!.writable) sockets[i]!.write("x");
  }, 50);
  return () => {
    clearInterval(timer);
    for (const socket of sockets) socket.destroy();
  };
}

/** How long the API takes to answer, in ms, asked by a few customers at once. */
async function latencies(stack: Stack, count: number): Promise<number[]> {
  const took: number[] = [];
  const customer = async () => {
    while (took.length < count) {
      const startedMs = performance.now();
      const { status } = await stack.call("GET", "/v1/channels");
      took.push(performance.now() - startedMs);
      assert.equal(status, 200);
    }
  };
  await Promise.all([customer(), customer(), customer(), customer()]);
  return took;
}

interface Speed {
  mean: number;
  p99: number;
}

function speed(took: number[]): Speed {
  return { mean: took.reduce((sum, ms) => sum + ms, 0) / took.length, p99: quantile(took, 0.99) };
}

async function speeds(stack: Stack): Promise<Speed[]> {
  const all: Speed[] = [];
  for (let round = 0; round < rounds; round++) all.push(speed(await latencies(stack, 250)));
  return all;
}

const best = (all: Speed[], of: keyof Speed) => Math.min(...all.map((one) => one[of]));
const worst = (all: Speed[], of: keyof Speed) => Math.max(...all.map((one) => one[of]));

test(`${slowSockets} slow senders of headers and bodies delay no customer, and are cut off in time`, async (t) => {
  await using stack = await startStack({ command: "serve" });
  await latencies(stack, 500);
  const before = await speeds(stack);
  const sockets = await slow(stack.port, slowSockets, (index) => (index % 2 ? headers : body(stack.key)));
  const startedMs = performance.now();
  const ends = sockets.map(async (socket) => {
    await once(socket.resume(), "close");
    return performance.now() - startedMs;
  });
  const stop = drip(sockets);
  const during = await speeds(stack);
  const ofHeaders = await Promise.all(ends.filter((_, index) => index % 2));
  const slowest = Math.max(...ofHeaders);
  stop();
  const after = await speeds(stack);
  const shown = (all: Speed[]) =>
    `${best(all, "mean").toFixed(1)} to ${worst(all, "mean").toFixed(1)} and ${best(all, "p99").toFixed(1)} to ${worst(all, "p99").toFixed(1)} ms`;
  const figures = `mean and p99 of ${rounds} rounds ${shown(before)} before, ${shown(during)} during, ${shown(after)} after`;
  t.diagnostic(`${figures}; the last sender of headers was cut off after ${(slowest / 1000).toFixed(1)} s`);
  const alone = [...before, ...after];
  assert.ok(best(during, "mean") <= worst(alone, "mean") * 3, figures);
  assert.ok(best(during, "p99") <= worst(alone, "p99") * 3 + 25, figures);
  assert.ok(slowest < slowestMs, `cut off after ${slowest} ms`);
});

test("whoever takes all connections loses their own, and a customer elsewhere is answered", async (t) => {
  const max = 200;
  await using stack = await startStack({
    command: "serve",
    env: { ANTIPHON_MAX_CONNECTIONS: String(max) },
  });
  const sockets = await slow(stack.port, 3 * max, () => headers);
  for (const socket of sockets) socket.resume();
  const open = () => sockets.filter((socket) => !socket.destroyed).length;
  const took = await latencies(stack, 200);
  await eventually("the greedy one's connections ended", () => open() <= max || undefined);
  t.diagnostic(
    `of ${sockets.length} greedy connections ${open()} stand; p99 ${quantile(took, 0.99).toFixed(1)} ms`,
  );
  for (const socket of sockets) socket.destroy();
});

test("one address alone, a proxy's say, may use every connection", async () => {
  const max = 200;
  await using stack = await startStack({
    command: "serve",
    env: { ANTIPHON_MAX_CONNECTIONS: String(max) },
  });
  const sockets = await slow(stack.port, max - 10, () => "");
  const answers = sockets.map((socket) => answered(socket));
  for (const socket of sockets)
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const statuses = (await Promise.all(answers)).flatMap((answer) => answer.statuses);
  assert.deepEqual(statuses, Array(max - 10).fill(200));
  assert.equal((await send(`${stack.url}/healthz`, "GET", undefined, {})).status, 200);
});
