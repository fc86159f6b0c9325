import assert from "node:assert/strict";
import { test } from "node:test";
import { ingest } from "../src/gateway/receiving/ingest.ts";
import { acceptMessage } from "../src/gateway/sending/accept.ts";
import { Admission } from "../src/gateway/sending/admission.ts";
import { Lanes } from "../src/gateway/sending/lanes.ts";
import { eventually } from "./support/eventually.ts";
import { Workbench } from "./support/workbench.ts";

function send(bench: Workbench, from: string, to: string): Promise<string> {
  const request = { from, to, content: { text: { body: "hello" } } };
  return acceptMessage(bench.gateway, { request, normalised: [], warnings: [] }).then(
    () => "accepted",
    (error: { code: string }) => error.code,
  );
}

const secret = { "x-telegram-bot-api-secret-token": "secret" };
const update = (id: number) => ({
  method: "POST",
  query: {},
  headers: secret,
  rawBody: Buffer.from(JSON.stringify({ update_id: id })),
});

test("a channel with a full queue refuses its own messages alone, nothing of them is stored, and what waits leaves", async () => {
  await using bench = await Workbench.open({ admission: { maxQueued: 4, maxQueuedPerChannel: 3 } });
  const [channel] = bench.gateway.channels.all();
  await bench.gateway.channels.add({ ...channel!, id: "quiet", naturalId: "8" });
  const answers: string[] = [];
  for (const to of ["1", "2", "3", "4"]) answers.push(await send(bench, "channel", to));
  assert.deepEqual(answers, ["accepted", "accepted", "accepted", "queue_full"]);
  assert.deepEqual(
    [await send(bench, "quiet", "1"), await send(bench, "quiet", "2")],
    ["accepted", "overloaded"],
  );
  assert.deepEqual((await bench.store.counts()).messages, { accepted: 4 });
  const lanes = new Lanes(bench.gateway);
  await lanes.start();
  await eventually(
    "an empty queue",
    async () => (await bench.store.backlog("channel")).all.queued === 0 || undefined,
  );
  assert.equal(await send(bench, "channel", "4"), "accepted");
  await lanes.stop();
});

test("webhooks are refused while too many wait to be read, forged ones are told so, and no message is refused for them", async () => {
  await using bench = await Workbench.open({ admission: { maxUnread: 2 } });
  const [channel] = bench.gateway.channels.all();
  for (const id of [1, 2]) assert.equal((await ingest(bench.gateway, channel!, update(id))).kind, "genuine");
  await assert.rejects(ingest(bench.gateway, channel!, update(3)), { code: "overloaded" });
  assert.equal((await ingest(bench.gateway, channel!, { ...update(4), headers: {} })).kind, "forged");
  assert.equal(await send(bench, "channel", "1"), "accepted");
  assert.equal((await bench.store.undigested("channel", { limit: 10, maxBytes: 1_000_000 })).length, 2);
});

test("of more requests at once than are stored in one turn the rest is refused at once, and none is let in twice", async () => {
  const store = {
    backlog: async () => ({ channel: { queued: 0, unread: 0 }, all: { queued: 0, unread: 0 } }),
  };
  const admission = new Admission(store, { maxQueued: 1, maxQueuedPerChannel: 1, maxUnread: 1 });
  const door = Promise.withResolvers<string>();
  const inside = Array.from({ length: 2_000 }, () => admission.webhook(() => door.promise));
  await assert.rejects(
    admission.message("channel", () => door.promise),
    { code: "overloaded" },
  );
  door.resolve("stored");
  assert.equal((await Promise.all(inside)).length, 2_000);
  assert.equal(await admission.message("channel", async () => "stored"), "stored");
});
