import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { test } from "node:test";
import { eventually, withinMs } from "../support/eventually.ts";
import {
  entry,
  envelope,
  type MetaNumber,
  postSigned,
  signature,
  whatsappNumber,
} from "../support/meta-webhook.ts";
import { answered, opened } from "../support/raw-http.ts";
import { type Stack, startStack } from "../support/stack.ts";

const mib = 1024 * 1024;
const largest = 4 * mib;
const greedyCount = 240;
/** Far above what it takes, for nobody knows when memory is given back, and half of what they would hold. */
const halfMib = (greedyCount * largest) / mib / 2;
/** Of this machine as well, and other addresses than that of the customers. */
const elsewhere = (n: number) => `127.0.0.${2 + n}`;

/** The gateway's memory in MiB: now, and the most that it ever was. */
function memory(stack: Stack): { rss: number; mostRss: number } {
  const status = readFileSync(`/proc/${stack.child.pid}/status`, "utf8");
  const of = (name: string) => Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1024);
  return { rss: of("VmRSS"), mostRss: of("VmHWM") };
}

function head(path: string, headers: Record<string, string>): string {
  const all = { host: "localhost", "content-type": "application/json", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

function connections(port: number, count: number, address: (n: number) => string): Promise<Socket[]> {
  return Promise.all(Array.from({ length: count }, (_, n) => opened(port, address(n))));
}

/** How many of these got each status, with all that they were answered; `none`: ended without an answer. */
async function outcomes(sockets: readonly Socket[], write: (socket: Socket) => void, ms = withinMs) {
  const ends = sockets.map((socket) => answered(socket, ms));
  for (const socket of sockets) write(socket);
  const count: Record<string, number> = {};
  const answers = await Promise.all(ends);
  for (const { statuses } of answers) count[statuses[0] ?? "none"] = (count[statuses[0] ?? "none"] ?? 0) + 1;
  return { count, answers };
}

/** A message of so many bytes, as WhatsApp would tell it. */
function messageOf(number: MetaNumber, id: string, body: string): string {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const message = { from: "15557650001", id, timestamp, type: "text", text: { body } };
  return envelope(entry(number, { messages: [message] }));
}

const path = ({ channelId }: MetaNumber) => `/webhooks/whatsapp/${channelId}`;

test("bodies that are begun and never ended take half of the room, and leave the other to other addresses", async (t) => {
  await using stack = await startStack();
  const number = await whatsappNumber(stack);
  const before = memory(stack);
  const greedy = await connections(stack.port, greedyCount, () => elsewhere(0));
  const body = Buffer.alloc(largest - 1, "a");
  const refused = new Set<Socket>();
  let told = 0;
  for (const socket of greedy) {
    socket.setEncoding("latin1").on("data", (text) => {
      if (/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n/is.test(String(text))) told++;
      refused.add(socket);
    });
    // An answer may be lost on whoever writes on: what counts is that no more is read of them.
    socket.once("close", () => refused.add(socket));
    socket.write(head(path(number), { "content-length": String(largest) }));
    socket.write(body);
  }
  // 128 MiB have room for 31 of them.
  await eventually("what is too much refused", () => refused.size >= greedyCount - 31 || undefined);
  assert.ok(told > 0, "nobody was told why");
  const held = memory(stack);
  const text = "x".repeat(largest - 4_000);
  const startedMs = performance.now();
  const answer = await postSigned(stack, number, messageOf(number, "wamid.OTHER", text));
  const tookMs = Math.round(performance.now() - startedMs);
  assert.equal(answer.status, 200, answer.text);
  // By the same address as well, where they are as small as most are.
  const small = await connections(stack.port, 1, () => elsewhere(0));
  const webhook = messageOf(number, "wamid.SMALL", "hello");
  const signed = { "x-hub-signature-256": signature(number.appSecret, webhook) };
  const length = { "content-length": String(webhook.length), connection: "close" };
  const { count } = await outcomes(small, (socket) =>
    socket.write(head(path(number), { ...signed, ...length }) + webhook),
  );
  assert.deepEqual(count, { 200: 1 });
  t.diagnostic(
    `${refused.size} of ${greedy.length} refused, ${told} of them told; RSS ${before.rss} MiB before, ${held.rss} MiB with the others held, ${memory(stack).mostRss} MiB at most; another's 4 MiB took ${tookMs} ms`,
  );
  assert.ok(held.mostRss < before.rss + halfMib, `${held.mostRss} MiB`);
  for (const socket of greedy) socket.destroy();
});

test("a body that has no room by what it announces is refused before a byte of it came, on the API too", async (t) => {
  await using stack = await startStack();
  const number = await whatsappNumber(stack);
  const key = { "x-api-key": stack.key };
  const held: Socket[] = [];
  const begin = async (what: string, length: number) => {
    const [socket] = await connections(stack.port, 1, () => elsewhere(0));
    held.push(socket!.resume());
    socket!.write(head(what, { ...key, "content-length": String(length) }));
    socket!.write(Buffer.alloc(length - 1, "a"));
  };
  for (let n = 0; n < 31; n++) await begin(path(number), largest);
  const announced = head("/v1/messages", { ...key, "content-length": String(mib) });
  const { text, ms } = await eventually("a refusal", async () => {
    await begin("/v1/messages", mib);
    const startedMs = performance.now();
    const [socket] = await connections(stack.port, 1, () => elsewhere(0));
    const { count, answers } = await outcomes([socket!], (one) => one.write(announced), 500);
    return count[503] ? { text: answers[0]!.text, ms: performance.now() - startedMs } : undefined;
  });
  t.diagnostic(`refused after ${ms.toFixed(0)} ms`);
  assert.match(text, /^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n.*"code":"overloaded"/is);
  for (const socket of held) socket.destroy();
  const webhook = messageOf(number, "wamid.AFTER", "x".repeat(largest - 4_000));
  await eventually("room again", async () => {
    const [socket] = await connections(stack.port, 1, () => elsewhere(0));
    const signed = { "x-hub-signature-256": signature(number.appSecret, webhook), connection: "close" };
    const bytes = head(path(number), { ...signed, "content-length": String(webhook.length) }) + webhook;
    return (await outcomes([socket!], (one) => one.write(bytes))).count[200];
  });
});

test("bodies in single bytes are refused soon, and cost no more than others", async (t) => {
  await using stack = await startStack();
  const number = await whatsappNumber(stack);
  const before = memory(stack).rss;
  const sockets = await connections(stack.port, 32, (n) => elsewhere(n % 4));
  const bytes = "1\r\nx\r\n".repeat(400_000);
  const startedMs = performance.now();
  const { count } = await outcomes(sockets, (socket) => {
    socket.write(head(path(number), { "transfer-encoding": "chunked" }));
    socket.write(bytes);
  });
  const tookMs = Math.round(performance.now() - startedMs);
  const { mostRss } = memory(stack);
  t.diagnostic(`${JSON.stringify(count)} in ${tookMs} ms; RSS ${before} MiB before, ${mostRss} MiB at most`);
  assert.equal(count[200], undefined);
  // Each held as a piece of its own they would take more than a thousand.
  assert.ok(mostRss < before + 600, `${mostRss} MiB`);
});

test("as many of the largest bodies as are let in, ended all at once, do not end the process", async (t) => {
  await using stack = await startStack();
  const number = await whatsappNumber(stack);
  const figures: string[] = [];
  const flood = async (what: string, count: number, text: string, headers: Record<string, string>) => {
    const whole = Buffer.from(text);
    const length = { "content-length": String(whole.length), connection: "close" };
    // Ten addresses may hold ten elevenths of the room together.
    const sockets = await connections(stack.port, count, (n) => elsewhere(n % 10));
    const written: Promise<void>[] = [];
    const over = outcomes(sockets, (socket) => {
      socket.write(head(what, { ...headers, ...length }));
      written.push(new Promise((done) => socket.write(whole.subarray(0, -1), () => done())));
    });
    await Promise.all(written);
    for (const socket of sockets) socket.write(whole.subarray(-1));
    figures.push(`${what.split("/")[1]} ${JSON.stringify((await over).count)}`);
  };
  // Of letters that take most memory: three bytes each that become two, in several copies.
  const webhook = messageOf(number, "wamid.LARGE", "漢".repeat((largest - 4_000) / 3));
  const signed = { "x-hub-signature-256": signature(number.appSecret, webhook) };
  await flood(path(number), 80, webhook, signed);
  const content = { text: { body: "漢".repeat(340_000) } };
  const message = JSON.stringify({ from: number.channelId, to: "15557650001", content });
  await flood("/v1/messages", 280, message, { "x-api-key": stack.key });
  const { mostRss } = memory(stack);
  t.diagnostic(`${figures.join(", ")}; RSS ${mostRss} MiB at most`);
  assert.equal(stack.child.exitCode ?? stack.child.signalCode, null, stack.stderr.slice(-2_000));
  assert.equal((await stack.call("GET", "/v1/channels")).status, 200);
  // It took 700; held all at once, in several copies, they are some thousands.
  assert.ok(mostRss < 2_000, `${mostRss} MiB`);
});
