import assert from "node:assert/strict";
import { join } from "node:path";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { Notifier } from "../../src/gateway/delivering/notify.ts";
import { Transport } from "../../src/gateway/transport.ts";
import type { EndpointRow } from "../../src/store/endpoint-rows.ts";
import { eventually } from "../support/eventually.ts";
import { realClock } from "../support/fake-clock.ts";
import { besideIdleThread, delayOf, type LoopDelay } from "../support/idle-thread.ts";
import { slowness } from "../support/slowness.ts";
import { Workbench } from "../support/workbench.ts";

/** `EXPIRING=1000000` for the whole of what docs/reliability.md promises; from there on its limit is plain. */
const waiting = Number(process.env.EXPIRING ?? 50_000);
const isWhole = waiting >= 1_000_000;
const promisedMs = 100;
const perSecond = 100;
const maxAgeSeconds = 100_000;
/** Of those that grow too old one after the other, as many are waited for. */
const watched = 3 * perSecond;
const withinMs = 600_000;

const endpoint: EndpointRow = {
  id: "slow",
  url: "http://slow.invalid/",
  secret: "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0",
  format: "antiphon",
  events: [],
  channels: [],
  ordered: false,
  maxAgeSeconds,
  enabled: false,
  createdAt: 0,
};

/** Rows as `perSecond` events a second left them, the oldest of them so old. */
function fill(file: string, oldestAt: number): void {
  const db = new DatabaseSync(file);
  const insert =
    db.prepare(`INSERT INTO deliveries (id, endpoint_id, event_id, event_type, lane, state, due_at, queued_at, created_at)
    VALUES (?, 'slow', ?, 'message.received', ?, 'pending', ?, ?, 1)`);
  db.exec("PRAGMA synchronous = OFF; BEGIN");
  for (let row = 0; row < waiting; row++) {
    const queuedAt = oldestAt + (row * 1_000) / perSecond;
    insert.run(`dlv_${row}`, `evt_${row}`, `cnv_${row % 1_000}`, queuedAt, queuedAt);
  }
  db.exec("COMMIT");
  db.close();
}

/** A gateway that finds a backlog whose oldest event grew too old so long ago. */
async function withBacklog(tooOldForMs: number): Promise<Workbench> {
  const clock = realClock();
  const first = await Workbench.open({ clock });
  await first.store.addEndpoint(endpoint);
  const folder = await first.leave();
  fill(join(folder, "antiphon.db"), clock.steady() - maxAgeSeconds * 1_000 - tooOldForMs);
  return Workbench.open({ clock, folder });
}

interface Watched {
  loop: LoopDelay;
  idle: LoopDelay;
  busyShare: number;
  perSecond: number;
}

/** Until no more than so many wait. */
async function watch(bench: Workbench, until: number): Promise<Watched> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const [before, begun] = [performance.eventLoopUtilization(), performance.now()];
  const left = await bench.store.pendingDeliveries("slow");
  delay.enable();
  const waitsFor = async () => ((await bench.store.pendingDeliveries("slow")) <= until ? true : undefined);
  const { idle } = await besideIdleThread(() => eventually("end of the backlog", waitsFor, withinMs));
  const { utilization } = performance.eventLoopUtilization(before);
  delay.disable();
  const expired = left - (await bench.store.pendingDeliveries("slow"));
  const rate = (expired * 1_000) / (performance.now() - begun);
  return { loop: delayOf(delay), idle, busyShare: utilization, perSecond: rate };
}

const told = ({ loop, idle, busyShare, perSecond: rate }: Watched) =>
  `${rate.toFixed(0)} dead a second, the event loop ${(busyShare * 100).toFixed(1)}% busy, its delay ${loop.p99} ms at p99, ${loop.most} ms at most; of a thread that did nothing ${idle.p99} and ${idle.most} ms`;

/** On a machine that is slow, or that others keep busy, a short run says no more than what a thread that does nothing sees. */
const limitMs = ({ idle }: Watched) =>
  isWhole ? promisedMs : Math.max(3 * promisedMs * slowness(), 10 * idle.p99);

test(`${waiting} events that are too old at once go to the dead letters, and the event loop is free for others meanwhile`, async (t) => {
  await using bench = await withBacklog((waiting * 1_000) / perSecond + 1_000);
  const notifier = new Notifier(bench.gateway, new Transport());
  const watching = watch(bench, 0);
  await notifier.start();
  const seen = await watching;
  await notifier.stop();
  t.diagnostic(`${waiting} too old: ${told(seen)}`);
  const { rows } = await bench.store.deliveries({ endpointId: "slow", state: "dead", limit: 1 });
  assert.equal(rows[0]?.reason, "max_age");
  assert.ok(seen.loop.p99 < limitMs(seen), `the event loop was ${seen.loop.p99} ms late`);
});

test(`${waiting} events of which ${perSecond} a second grow too old cost the event loop little`, async (t) => {
  await using bench = await withBacklog(0);
  const notifier = new Notifier(bench.gateway, new Transport());
  await notifier.start();
  // What became too old while the file was filled is dead first.
  const oldest = async () => (await bench.store.oldestQueuedAt("slow")) ?? 0;
  const { clock } = bench.gateway;
  const isLevel = async () =>
    (await oldest()) > clock.steady() - maxAgeSeconds * 1_000 - 1_500 ? true : undefined;
  await eventually("end of what is too old", isLevel, withinMs);
  const seen = await watch(bench, (await bench.store.pendingDeliveries("slow")) - watched);
  await notifier.stop();
  t.diagnostic(`${waiting} waiting: ${told(seen)}`);
  assert.ok(seen.loop.p99 < limitMs(seen), `the event loop was ${seen.loop.p99} ms late`);
  assert.ok(seen.busyShare < 0.5, `the event loop is ${(seen.busyShare * 100).toFixed(0)}% busy`);
});
