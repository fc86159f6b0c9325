import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, before, test } from "node:test";
import { Agent } from "undici";
import { acceptMessage } from "../src/gateway/accept.ts";
import { Lanes } from "../src/gateway/lanes.ts";
import { Transport } from "../src/gateway/transport.ts";
import { Uploads } from "../src/gateway/upload.ts";
import { eventually } from "./support/eventually.ts";
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
  bench.gateway.uploads = new Uploads(transport);
  bench.handler = (_body, request) => {
    const isForm = request.headers["content-type"]?.startsWith("multipart/");
    return isForm ? (uploaded.shift() ?? (() => ok(9)))() : unfetched;
  };
  return bench;
}

async function sendPhoto(bench: Workbench, path: string): Promise<string> {
  const request = { from: "channel", to: "5", content: { image: { link: host.link(path) } } };
  return (await acceptMessage(bench.gateway, { request, normalised: [], warnings: [] })).message.id;
}

async function callOf(bench: Workbench, id: string) {
  const { message, calls, attempts } = (await bench.store.message(id))!;
  const { state, tries } = calls[0]!;
  return { status: message.status, state, tries, outcomes: attempts.map(({ outcome }) => outcome) };
}

test("a call is under way from its link to the end of its upload: a crash in between makes it unknown", async () => {
  const answer = Promise.withResolvers<Reply>();
  await using bench = await opened(() => answer.promise);
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const id = await sendPhoto(bench, "/held.jpg");
  const underWay = { status: "sending", state: "sending", tries: 1, outcomes: [] };
  await eventually("the file asked for", async () => release !== undefined || undefined);
  assert.deepEqual(await callOf(bench, id), underWay);
  release!();
  await eventually("the upload", async () => bench.requests.length === 2 || undefined);
  assert.deepEqual(await callOf(bench, id), underWay);
  answer.resolve(ok(9));
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  assert.deepEqual((await callOf(bench, id)).outcomes, ["rejected", "accepted"]);
  await lanes.stop();
});

test("an upload that Telegram puts off is tried again, from its link on", async () => {
  await using bench = await opened(() => tooMany(0));
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  const id = await sendPhoto(bench, "/photo.jpg");
  await eventually("sent", async () => (await callOf(bench, id)).status === "sent" || undefined);
  const { tries, outcomes } = await callOf(bench, id);
  assert.deepEqual([tries, outcomes], [2, ["rejected", "retry", "rejected", "accepted"]]);
  assert.equal(bench.requests.length, 4);
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
