import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { leaseMs } from "../src/gateway/nodes/life.ts";
import { Cluster } from "./support/cluster.ts";

const outageMs = leaseMs + 3_000;

/** A message for each channel whose answer is on its way, while nobody can reach the store any more. */
async function cutOffWhileSending(cluster: Cluster, isAnswered: boolean) {
  const sends = cluster.channels.map((channel) => {
    const text = `${channel} under way`;
    return { kept: cluster.keep(text), id: cluster.send(channel, text) };
  });
  await cluster.until("requests", () => cluster.got.length === cluster.channels.length);
  for (const { machine } of cluster.nodes) machine.isCutOff = true;
  if (isAnswered) for (const { kept } of sends) kept.release();
  await cluster.time.pass(outageMs);
  for (const { machine } of cluster.nodes) machine.isCutOff = false;
  return { ids: await Promise.all(sends.map(({ id }) => id)), sends };
}

async function told(cluster: Cluster): Promise<string[]> {
  const rows = await cluster.bench.store.eventsAfter(0, 1_000);
  return rows.map(({ event }) => event.type).filter((type) => /sent|unknown|failed/.test(type));
}

async function end(cluster: Cluster, ids: readonly string[]): Promise<void> {
  await cluster.until("end", async () => {
    const statuses = await Promise.all(ids.map((id) => cluster.statusOf(id)));
    return statuses.every((status) => status !== "accepted" && status !== "sending");
  });
}

describe("nodes whose store is away for longer than a lease", () => {
  for (const count of [1, 2])
    test(`lose no answer that they had (${count})`, async () => {
      await using cluster = await Cluster.of(2);
      for (let n = 0; n < count; n++) await cluster.join();
      await cluster.spread(...(count === 1 ? [2] : [1, 1]));
      const before = cluster.nodes.map(({ membership }) => membership.id);
      const { ids } = await cutOffWhileSending(cluster, true);
      await end(cluster, ids);
      assert.deepEqual(await told(cluster), ["message.sent", "message.sent"]);
      await cluster.spread(...(count === 1 ? [2] : [1, 1]));
      // They are who they were, and go on with what they had.
      assert.deepEqual(
        cluster.nodes.map(({ membership }) => membership.id),
        before,
      );
      const next = await Promise.all(
        cluster.channels.map((channel) => cluster.send(channel, `${channel} next`)),
      );
      await end(cluster, next);
      assert.equal(cluster.got.length, 4);
      assert.ok(cluster.got.every(({ owners }) => owners === 1));
    });

  test("hear what is answered only when it is back", async () => {
    await using cluster = await Cluster.of(2);
    await cluster.join();
    await cluster.join();
    await cluster.spread(1, 1);
    const { ids, sends } = await cutOffWhileSending(cluster, false);
    for (const { kept } of sends) kept.release();
    await end(cluster, ids);
    assert.deepEqual(await told(cluster), ["message.sent", "message.sent"]);
  });
});

test("what a node gives away while the store refuses outcomes is stored before it is another's", async () => {
  await using cluster = await Cluster.of(2);
  const giving = await cluster.join();
  await cluster.spread(2);
  giving.machine.refuses.add("settleCall");
  const ids = await Promise.all(cluster.channels.map((channel) => cluster.send(channel, `${channel} sent`)));
  await cluster.until("requests", () => cluster.got.length === 2);
  const taking = await cluster.join();
  await cluster.time.pass(4_000);
  assert.equal(cluster.channels.filter((channel) => taking.owns(channel)).length, 0);
  giving.machine.refuses.clear();
  await cluster.spread(1, 1);
  await end(cluster, ids);
  assert.deepEqual(await told(cluster), ["message.sent", "message.sent"]);
});

test("a node settles what a killed node was sending also when it is taken up while no beat can be stored", async () => {
  await using cluster = await Cluster.of(2);
  const [one, killed] = [await cluster.join(), await cluster.join()];
  await cluster.spread(1, 1);
  const channel = cluster.channels.find((id) => killed.owns(id))!;
  cluster.keep(`${channel} cut off`);
  const cutOff = await cluster.send(channel, `${channel} cut off`);
  await cluster.until("request", () => cluster.got.length === 1);
  one.machine.refuses.add("interrupted");
  killed.machine.stop();
  await cluster.spread(2, 0);
  one.machine.refuses.add("beat");
  await cluster.until("doubt", () => one.membership.isInDoubt);
  one.machine.refuses.delete("interrupted");
  await cluster.time.pass(3_000);
  one.machine.refuses.delete("beat");
  await cluster.until("end", async () => (await cluster.statusOf(cutOff)) === "unknown");
});
