import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Cluster } from "./support/cluster.ts";
import { Customer } from "./support/customer.ts";

const testedAt = "2026-01-01T00:00:00.000Z";

describe("work that is met by a store that refuses, or by other work", () => {
  test("what waits for a removed endpoint is closed also where the store refused for a moment", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint({ ...customer.endpoint, enabled: false });
    await cluster.until("owner", () => node.membership.owns("endpoint ep"));
    await Promise.all(
      Array.from({ length: 1_500 }, () =>
        cluster.bench.store.addEvent({ type: "endpoint.test", timestamp: testedAt }, { endpointId: "ep" }),
      ),
    );
    await node.gateway.store.removeEndpoint("ep");
    node.machine.refusesNext = "closeDeliveries";
    node.notifier.forget("ep");
    await cluster.time.pass(
      120_000,
      async () => (await cluster.bench.store.abandonedEndpoints()).length === 0,
    );
    assert.deepEqual(await cluster.bench.store.abandonedEndpoints(), []);
  });

  test("a former secret goes also where the store refused at its end", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => node.membership.owns("endpoint ep"));
    await cluster.bench.store.rotateEndpoint(
      "ep",
      "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcg==",
      node.machine.steady() + 5_000,
    );
    await cluster.time.pass(2_000);
    node.machine.refusesNext = "endFormerSecret";
    await cluster.time.pass(
      60_000,
      async () => (await cluster.bench.store.endpoints())[0]?.previous === undefined,
    );
    assert.equal((await cluster.bench.store.endpoints())[0]?.previous, undefined);
  });

  test("a change of the master key that is heard of while a part is sealed is begun in time, and not before the grace", async () => {
    await using cluster = await Cluster.of(1);
    const node = await cluster.join();
    await cluster.until("owner", () => node.membership.owns("once"));
    const { store } = node.gateway;
    const parts: number[] = [];
    let isHeld = false;
    let isOver = false;
    node.gateway.store = Object.assign(Object.create(store), {
      resealSome: async () => {
        parts.push(cluster.time.now);
        const until = cluster.time.now + 300;
        isHeld = true;
        while (cluster.time.now < until && !isOver) await new Promise((resolve) => setImmediate(resolve));
        isHeld = false;
        return true;
      },
    });
    await cluster.time.pass(15_000);
    parts.length = 0;
    node.rotation.start();
    await cluster.until("a part", () => isHeld);
    const began = cluster.time.now;
    const before = parts.length;
    node.rotation.hear();
    await cluster.time.pass(60_000, () => parts.length > before);
    isOver = true;
    assert.ok(parts.length > before, "not begun in a minute");
    assert.ok(parts.at(-1)! - began >= 10_000);
  });

  test("a change of the master key amid a sealing waits for its grace", async () => {
    await using cluster = await Cluster.of(1);
    const node = await cluster.join();
    await cluster.until("owner", () => node.membership.owns("once"));
    const { store } = node.gateway;
    let parts = 0;
    let isOver = false;
    let isSealing = false;
    node.gateway.store = Object.assign(Object.create(store), {
      resealSome: async () => {
        parts++;
        isSealing = true;
        const until = cluster.time.now + 100;
        while (cluster.time.now < until && !isOver) await new Promise((resolve) => setImmediate(resolve));
        isSealing = false;
        return isOver;
      },
    });
    node.rotation.start();
    await cluster.until("parts", () => parts > 3 && isSealing);
    node.rotation.hear();
    const before = parts;
    await cluster.time.pass(5_000);
    isOver = true;
    assert.equal(parts - before, 0);
  });
});
