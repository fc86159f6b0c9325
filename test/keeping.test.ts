import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Notifier } from "../src/gateway/delivering/notify.ts";
import { Keeper } from "../src/gateway/keeping/keeper.ts";
import { agesOf } from "../src/gateway/keeping/retention.ts";
import { Transport } from "../src/gateway/transport.ts";
import type { Store } from "../src/store/store.ts";
import { FakeClock } from "./support/fake-clock.ts";
import { Workbench } from "./support/workbench.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
const days = { contentDays: 30, recordsDays: 90, auditDays: 0 };

/** Time passes in the keeper's own steps, and it has the turns of the event loop that its parts need. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10 * minuteMs) {
    clock.advance(10 * minuteMs);
    for (let turns = 0; turns < 60; turns++) {
      await turn();
      clock.advance(1);
    }
  }
}

async function received(bench: Workbench, text: string): Promise<string> {
  const { store, clock } = bench.gateway;
  await store.storePayloads("channel", ["{}"], clock.now());
  const [payload] = await store.undigested("channel", { limit: 1, maxBytes: 99 });
  const event = {
    kind: "received",
    dedupeKey: text,
    chat: { id: "5", type: "private" },
    sender: { aliases: ["5"] },
    platformId: text,
    content: { type: "text", text: { body: text } },
  } as const;
  const at = { at: clock.now(), steady: clock.steady() };
  const said = { ...event, sender: { aliases: ["5"] } };
  await store.digest({ payloadId: payload!.id, ...at, events: [{ event: said, report: true }], unknown: [] });
  return (await store.messages({ limit: 1 })).rows[0]!.id;
}

async function typeOf(bench: Workbench, id: string): Promise<unknown> {
  const detail = await bench.store.message(id);
  return detail && (detail.message.content as { type?: string }).type;
}

test("what is 30 days old loses its content, what is 90 days old goes, and not a day before", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const keeper = new Keeper(bench.gateway, days);
  const id = await received(bench, "old");
  keeper.start();
  await pass(clock, 100 * minuteMs);
  clock.advance(29 * dayMs);
  await pass(clock, 100 * minuteMs);
  assert.equal(await typeOf(bench, id), "text");
  clock.advance(dayMs);
  await pass(clock, 100 * minuteMs);
  assert.equal(await typeOf(bench, id), "erased");
  clock.advance(59 * dayMs);
  await pass(clock, 100 * minuteMs);
  assert.equal(await typeOf(bench, id), "erased");
  clock.advance(dayMs);
  await pass(clock, 100 * minuteMs);
  assert.equal(await typeOf(bench, id), undefined);
  await keeper.stop();
});

test("a wall clock that is set forward by mistake, and back within the hour, erases nothing; one that stays does", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const keeper = new Keeper(bench.gateway, days);
  const id = await received(bench, "young");
  keeper.start();
  await pass(clock, 100 * minuteMs);
  clock.jump(31 * dayMs);
  await pass(clock, 50 * minuteMs);
  assert.equal(await typeOf(bench, id), "text");
  clock.jump(-31 * dayMs);
  await pass(clock, 400 * minuteMs);
  assert.equal(await typeOf(bench, id), "text");
  clock.jump(31 * dayMs);
  await pass(clock, 400 * minuteMs);
  assert.equal(await typeOf(bench, id), "erased");
  await keeper.stop();
});

test("a restart does not begin the hour anew, and does where the clock was set meanwhile", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const id = await received(bench, "old");
  clock.advance(31 * dayMs);
  for (let starts = 0; starts < 3; starts++) {
    const keeper = new Keeper(bench.gateway, days);
    keeper.start();
    await pass(clock, 20 * minuteMs);
    await keeper.stop();
    clock.jump(5 * minuteMs);
  }
  assert.equal(await typeOf(bench, id), "text");
  for (let starts = 0; starts < 4; starts++) {
    const keeper = new Keeper(bench.gateway, days);
    keeper.start();
    await pass(clock, 20 * minuteMs);
    await keeper.stop();
  }
  assert.equal(await typeOf(bench, id), "erased");
});

test("a channel's days win over the settings', 0 is for ever, and records are kept as long as content", () => {
  const now = 100 * dayMs;
  assert.deepEqual(agesOf(days, undefined, now), {
    at: now,
    contentBefore: 70 * dayMs,
    recordsBefore: 10 * dayMs,
    seenBefore: 10 * dayMs,
  });
  const short = agesOf(days, { contentDays: 1, recordsDays: 2 }, now);
  assert.deepEqual([short.contentBefore, short.recordsBefore], [99 * dayMs, 98 * dayMs]);
  assert.equal(short.seenBefore, 91 * dayMs, "platforms repeat for a week");
  assert.deepEqual(agesOf(days, { contentDays: 0, recordsDays: 0 }, now), { at: now });
  assert.equal(agesOf(days, { contentDays: 60, recordsDays: 40 }, now).recordsBefore, 40 * dayMs);
});

test("an endpoint that is switched off keeps what was said no longer than its channel does, and as long", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const { store, gateway } = bench;
  const secret = "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0";
  const own = { id: "off", url: "http://off/", secret, format: "antiphon" as const };
  const wishes = { events: [], channels: [], ordered: false, enabled: false };
  await store.addEndpoint({ ...own, ...wishes, createdAt: 0 });
  const notifier = new Notifier(gateway, new Transport(), days);
  await notifier.start();
  const keeper = new Keeper(gateway, days);
  keeper.start();
  const isTold = async (words: string) =>
    JSON.stringify((await store.eventsAfter(0, 10)).map(({ event }) => event)).includes(words);
  const jump = async (count: number) => {
    clock.advance(count * dayMs);
    await pass(clock, 100 * minuteMs);
  };
  await gateway.channels.update("channel", { retention: { contentDays: 1 } });
  await received(bench, "secret words");
  await jump(0.5);
  assert.equal(await isTold("secret words"), true);
  await jump(0.5);
  assert.deepEqual((await store.counts()).deliveries, { dead: 1 });
  assert.equal(await isTold("secret words"), false);
  await gateway.channels.update("channel", { retention: { contentDays: 60 } });
  await received(bench, "kept for long");
  await jump(59);
  assert.deepEqual((await store.counts()).deliveries, { dead: 1, pending: 1 });
  assert.equal(await isTold("kept for long"), true);
  await keeper.stop();
  await notifier.stop();
});

test("what is to be erased and what has grown old wait for no rows that lack their shard key, however many", async () => {
  const clock = new FakeClock();
  await using bench = await Workbench.open({ clock });
  const old = await received(bench, "old");
  let filled = 0;
  const endless = { fillShardKeys: async () => ++filled > 0 };
  const store: Store = Object.assign(Object.create(bench.store), endless);
  const keeper = new Keeper({ ...bench.gateway, store }, days);
  keeper.start();
  await pass(clock, 100 * minuteMs);
  clock.advance(31 * dayMs);
  await pass(clock, 400 * minuteMs);
  assert.equal(await typeOf(bench, old), "erased", "it has grown old");
  const young = await received(bench, "young");
  const [contact] = (await store.contacts({ limit: 1 })).rows;
  await store.beginErasure(contact!.id, clock.now());
  keeper.wake();
  const before = filled;
  await pass(clock, 100 * minuteMs);
  assert.equal(await typeOf(bench, young), "erased", "its sender is forgotten");
  assert.ok(filled > before, "and the rest is gone on with");
  await keeper.stop();
});
