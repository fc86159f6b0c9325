import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Agent } from "undici";
import { momentOf } from "../src/core/clock.ts";
import type { Content } from "../src/core/message.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Journal } from "../src/gateway/sending/journal.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { Uploads } from "../src/gateway/sending/upload.ts";
import { Transport } from "../src/gateway/transport.ts";
import { eventually } from "./support/eventually.ts";
import { FakeClock, realClock } from "./support/fake-clock.ts";
import { certificate, FileHost } from "./support/file-host.ts";
import { ok, type Reply, tooMany, Workbench } from "./support/workbench.ts";

const unhurried = { perSecond: 10_000, burst: 10_000, source: "test", read: "2026-11-21" };
const quick = { capabilities: { pace: { channel: unhurried, contact: unhurried } } };

const transport = new Transport(new Agent({ connect: { ca: certificate } }));
let host: FileHost;
/** Answers a file that is asked for as `/held.jpg`, when the test says so. */
let release: (() => void) | undefined;
before(async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  host = await FileHost.listen({
    "/photo.jpg": { mimeType: "image/jpeg", bytes },
    "/held.jpg": (response: ServerResponse) => {
      release = () => response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
    },
  });
});
after(async () => {
  await transport.close();
  await host[Symbol.asyncDispose]();
});

const unfetched: Reply = {
  status: 400,
  body: { ok: false, error_code: 400, description: "Bad Request: failed to get HTTP URL content" },
};

/** A bench whose Telegram fetches nothing, and answers what goes up by `uploaded`, one after the other. */
async function opened(...uploaded: (() => Reply | Promise<Reply>)[]): Promise<Workbench> {
  const bench = await Workbench.open(quick);
  bench.gateway.uploads = new Uploads(transport, realClock());
  bench.handler = (_body, request) => {
    const isForm = request.headers["content-type"]?.startsWith("multipart/");
    return isForm ? (uploaded.shift() ?? (() => ok(9)))() : unfetched;
  };
  return bench;
}

async function sendPhoto(bench: Workbench, path: string): Promise<string> {
  return send(bench, "5", { image: { link: host.link(path) } });
}

async function send(bench: Workbench, to: string, content: Content): Promise<string> {
  const request = { from: "channel", to, content };
  return (await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] })).message.id;
}

async function callOf(bench: Workbench, id: string) {
  const { message, calls, attempts } = (await bench.store.message(id))!;
  const { state, tries } = calls[0]!;
  return { status: message.status, state, tries, outcomes: attempts.map(({ outcome }) => outcome) };
}

test("a call waits in its queue while its file is fetched, so that a kill then loses nothing, and is under way while it goes up", async () => {
  const answer = Promise.withResolvers<Reply>();
  await using bench = await opened(() => answer.promise);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const id = await sendPhoto(bench, "/held.jpg");
  await eventually("the file asked for", async () => release !== undefined || undefined);
  const fetching = { status: "sending", state: "queued", tries: 1, outcomes: ["rejected"] };
  assert.deepEqual(await callOf(bench, id), fetching);
  assert.deepEqual(await bench.store.interrupted(), []);
  release!();
  await eventually("the upload", async () => bench.requests.length === 2 || undefined);
  assert.deepEqual(await callOf(bench, id), { ...fetching, state: "sending", tries: 2 });
  answer.resolve(ok(9));
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  assert.deepEqual((await callOf(bench, id)).outcomes, ["rejected", "accepted"]);
  await lanes.stop();
});

test("a refused link that a kill left in the journal goes on by upload", async () => {
  await using bench = await opened();
  const id = await sendPhoto(bench, "/photo.jpg");
  const callId = (await bench.store.message(id))!.calls[0]!.id;
  await bench.store.beginCall(callId, momentOf(bench.gateway.clock));
  const problem = { code: "400", message: "failed to get HTTP URL content" };
  const outcome = { kind: "rejected" as const, problem, isUnfetched: true as const };
  const now = Date.now();
  bench.gateway.journal.keep({ callId, attempt: 1, startedAt: now, at: now, retryAt: 0, outcome });
  bench.gateway.journal.close();
  bench.gateway.journal = new Journal(join(bench.folder, "receipts.journal"), bench.gateway.log);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  assert.deepEqual((await callOf(bench, id)).outcomes, ["rejected", "accepted"]);
  assert.equal(bench.requests.length, 1);
  await lanes.stop();
});

test("photos on a host that never answers hold up nobody else of their channel", async () => {
  await using silent = await FileHost.listen({ "/photo.jpg": () => {} });
  await using bench = await opened();
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const photos: string[] = [];
  for (let index = 0; index < 150; index++) {
    const content = { image: { link: `${silent.link("/photo.jpg")}?${index}` } };
    photos.push(await send(bench, String(1000 + index), content));
  }
  await eventually("the links refused", async () => bench.requests.length === 150 || undefined);
  const text = await send(bench, "7", { text: { body: "Hello" } });
  bench.handler = () => ok(9);
  await eventually("sent", async () => (await callOf(bench, text)).status === "sent" || undefined);
  const photo = await sendPhoto(bench, "/photo.jpg");
  await eventually("sent", async () => (await callOf(bench, photo)).status === "sent" || undefined);
  assert.equal(silent.requests.length, 2, "no more are asked for at a time");
  assert.deepEqual((await callOf(bench, photos[149]!)).outcomes, ["rejected"]);
  await lanes.stop();
});

test("an upload keeps the pace of its contact and of its channel", async () => {
  const slow = { perSecond: 4, burst: 1, source: "test", read: "2026-11-21" };
  for (const pace of [
    { channel: slow, contact: unhurried },
    { channel: unhurried, contact: slow },
  ]) {
    const clock = new FakeClock();
    await using bench = await Workbench.open({ capabilities: { pace }, clock });
    bench.gateway.uploads = new Uploads(transport, clock);
    const times: number[] = [];
    bench.handler = (_body, request) => {
      times.push(clock.steady());
      return request.headers["content-type"]?.startsWith("multipart/") ? ok(9) : unfetched;
    };
    const lanes = new Lanes(bench.gateway);
    await lanes.start();
    const id = await sendPhoto(bench, "/photo.jpg");
    await eventually("the link", () => times.length === 1 || undefined);
    await eventually("sent", async () => {
      clock.advance(10);
      return (await callOf(bench, id)).status === "sent" || undefined;
    });
    const [byLink = 0, byUpload = 0] = times;
    assert.ok(byUpload - byLink > 200, `${byUpload - byLink} ms after the link`);
    await lanes.stop();
  }
});

test("an upload that Telegram puts off is made again, without its link", async () => {
  await using bench = await opened(() => tooMany(0));
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const id = await sendPhoto(bench, "/photo.jpg");
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  const { tries, outcomes } = await callOf(bench, id);
  assert.deepEqual([tries, outcomes], [3, ["rejected", "retry", "accepted"]]);
  assert.equal(bench.requests.length, 3);
  await lanes.stop();
});

test("an upload without an answer is unknown, and never made again", async () => {
  await using bench = await opened(() => ({ status: 502, body: "no envelope" }));
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const id = await sendPhoto(bench, "/photo.jpg");
  await eventually("unknown", async () => (await callOf(bench, id)).status === "unknown" || undefined);
  assert.deepEqual((await callOf(bench, id)).outcomes, ["rejected", "unknown"]);
  assert.equal(bench.requests.length, 2);
  await lanes.stop();
});

test("a file that was on its way when the gateway stopped goes up after the next start", async () => {
  release = undefined;
  await using bench = await opened();
  const first = new Lanes(bench.gateway);
  await first.start();
  const id = await sendPhoto(bench, "/held.jpg");
  await eventually("the file asked for", async () => release !== undefined || undefined);
  release = undefined;
  await first.stop();
  assert.equal((await callOf(bench, id)).state, "queued");
  const second = new Lanes(bench.gateway);
  await second.start();
  await eventually("the file asked for again", async () => release !== undefined || undefined);
  (release as unknown as () => void)();
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  await second.stop();
});
