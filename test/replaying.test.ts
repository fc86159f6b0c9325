import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyRow } from "../src/store/authorizing.ts";
import {
  bench,
  customers,
  follow,
  minute,
  notifier,
  pass,
  restart,
  say,
  second,
  settle,
} from "./support/delivering.ts";

test("a replay goes at its pace, is marked, and goes on after a restart", async () => {
  await follow();
  await say(...Array.from({ length: 50 }, (_, index) => `p${index}: ${index}`));
  const before = customers.asked.length;
  const begun = await notifier.replays.begin("one", { since: 0 }, 10);
  await settle();
  assert.equal(begun.total, 50);
  await pass(2 * second + 500, 100);
  const soFar = customers.asked.length - before;
  assert.ok(soFar >= 20 && soFar <= 30, `${soFar} in 2.5 s at 10/s`);
  await restart();
  await pass(10 * second, 100);
  const replayed = customers.asked.slice(before);
  assert.deepEqual(new Set(replayed.map(({ event }) => event.id)).size, 50);
  assert.equal(replayed.length, 50);
  assert.ok(
    replayed.every(
      ({ headers, event }) => headers["antiphon-replay"] === "true" && headers["webhook-id"] === event.id,
    ),
  );
  const { state, queued, delivered, skipped, dead } = (await bench.store.replay(begun.id))!;
  assert.deepEqual([state, queued, delivered, skipped, dead], ["done", 50, 50, 0, 0]);
});

const endsOfRights: [what: string, change: Partial<KeyRow>][] = [
  ["is revoked", { revokedAt: 1 }],
  ["is over", { expiresAt: 1 }],
  ["may only read any more", { scopes: ["read"] }],
  ["sees the endpoint no more", { channels: ["another"] }],
];
for (const [what, change] of endsOfRights) {
  test(`a replay ends when the key that began it ${what}`, async () => {
    const { keys } = bench.gateway;
    const rights = { scopes: ["manage" as const], channels: [], createdAt: 1 };
    await keys.add({ id: "key_1", name: "thief", hash: "0".repeat(64), ...rights });
    await follow();
    await say(...Array.from({ length: 50 }, (_, index) => `p${index}: ${index}`));
    const asker = { keyId: "key_1", demand: () => {} };
    const { id } = await notifier.replays.begin("one", { since: 0 }, 10, asker);
    const other = await notifier.replays.begin("one", { since: 0 }, 1);
    await pass(1_500, 100);
    const { queued, state } = (await bench.store.replay(id))!;
    assert.deepEqual([queued, state], [20, "running"]);
    await bench.store.updateKey("key_1", change);
    await keys.load();
    await pass(3 * second, 100);
    const after = (await bench.store.replay(id))!;
    assert.deepEqual([after.queued, after.state], [20, "cancelled"]);
    assert.equal((await bench.store.replay(other.id))?.state, "running", "of nobody's key");
  });
}

test("a replay whose key ends while its events are counted does not begin", async () => {
  await follow();
  await say("ana: hello");
  const demand = () => assert.fail("the key is revoked");
  const begun = notifier.replays.begin("one", { since: 0 }, 10, { keyId: "key_1", demand });
  await assert.rejects(begun, /revoked/);
  assert.deepEqual(await bench.store.replays("one"), []);
});

test("a replay of dead letters takes their place, and what waits anyway is not told twice", async () => {
  await follow({ maxAgeSeconds: 60 });
  customers.answer = () => 500;
  await say("ana: dead", "ben: dead too");
  await pass(2 * minute, 10 * second);
  await say("ana: waiting");
  assert.equal((await bench.store.deliveries({ limit: 9, state: "dead" })).rows.length, 2);
  customers.answer = () => 204;
  const all = await notifier.replays.begin("one", { since: 0 }, 100);
  await pass(10 * second, 100);
  const { queued, skipped, delivered } = (await bench.store.replay(all.id))!;
  assert.deepEqual([queued, skipped, delivered], [2, 1, 2]);
  assert.deepEqual((await bench.store.counts()).deliveries, { delivered: 3, replayed: 2 });
});

test("a replay goes on while another takes the place of what of it is dead", async () => {
  await follow({ maxAgeSeconds: 60 });
  await say(...Array.from({ length: 60 }, (_, index) => `p${index}: ${index}`));
  customers.answer = () => 500;
  const { id } = await notifier.replays.begin("one", { since: 0 }, 10);
  await pass(65 * second, second);
  assert.equal((await bench.store.replay(id))?.dead, 20, "so many fit ahead of what it takes");
  customers.answer = () => 204;
  await notifier.replays.begin("one", { state: "dead" }, 100);
  await pass(5 * minute, second);
  const { state, queued, waiting } = (await bench.store.replay(id))!;
  assert.deepEqual([state, queued, waiting], ["done", 60, 0]);
  assert.equal((await bench.store.counts()).deliveries.pending ?? 0, 0);
});

test("an endpoint that takes nothing is not filled up by a replay, and one that is cancelled ends", async () => {
  await follow();
  await say(...Array.from({ length: 80 }, (_, index) => `p${index}: ${index}`));
  customers.answer = () => 500;
  const { id } = await notifier.replays.begin("one", { since: 0 }, 10);
  await pass(minute, second);
  assert.equal((await bench.store.replay(id))?.queued, 20);
  await bench.store.cancelReplay(id);
  customers.answer = () => 204;
  await pass(30 * minute, 10 * second);
  const { state, queued, delivered } = (await bench.store.replay(id))!;
  assert.deepEqual([state, queued, delivered], ["cancelled", 20, 20]);
});
