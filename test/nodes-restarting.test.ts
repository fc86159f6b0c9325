import assert from "node:assert/strict";
import { test } from "node:test";
import { Cluster } from "./support/cluster.ts";
import { Customer } from "./support/customer.ts";

test("a gateway that was killed and is back has its work again within a second, without waiting for its own silence", async () => {
  await using cluster = await Cluster.of(2);
  const killed = await cluster.join();
  await cluster.spread(2);
  killed.machine.stop();
  const began = cluster.time.now;
  const back = await cluster.join(killed.folder);
  await cluster.until("work", () => cluster.channels.every((channel) => back.owns(channel)));
  assert.ok(cluster.time.now - began < 1_000, `${cluster.time.now - began} ms`);
  const sent = await cluster.send("channel", "channel sent");
  await cluster.until("end", async () => (await cluster.statusOf(sent)) === "sent");
});

test("an endpoint that any node makes is worked for within 0.3 s", async () => {
  await using cluster = await Cluster.of(1);
  await using customer = await Customer.listen();
  await cluster.join();
  await cluster.join();
  for (let n = 0; n < 6; n++) {
    // Anywhere between two looks of the nodes.
    await cluster.time.pass(550);
    await cluster.bench.store.addEndpoint({ ...customer.endpoint, id: `ep-${n}` });
    const began = cluster.time.now;
    await cluster.until("owner", () =>
      cluster.nodes.some(({ membership }) => membership.owns(`endpoint ep-${n}`)),
    );
    assert.ok(cluster.time.now - began <= 300, `${cluster.time.now - began} ms`);
  }
});

test("a change of the master key by any node is begun by the one whose work it is within 11 s", async () => {
  await using cluster = await Cluster.of(1);
  const [one] = [await cluster.join(), await cluster.join()];
  const owner = cluster.nodes.find(({ membership }) => membership.owns("once")) ?? assert.fail("nobody");
  let asked = 0;
  const { store } = owner.gateway;
  owner.gateway.store = Object.assign(Object.create(store), {
    resealSome: (limit: number) => {
      asked++;
      return store.resealSome(limit);
    },
  });
  owner.rotation.start();
  await cluster.until("first", () => asked > 0);
  // What each heard at its start is over.
  await cluster.time.pass(20_000);
  asked = 0;
  await one!.gateway.store.countChange("sealing");
  await cluster.time.pass(11_000, () => asked > 0);
  assert.ok(asked > 0);
});
