import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Invariants } from "../src/gateway/keeping/invariants.ts";
import { leaseMs } from "../src/gateway/nodes/life.ts";
import { Receivers } from "../src/gateway/receiving/receive.ts";
import { Cluster } from "./support/cluster.ts";
import { Customer } from "./support/customer.ts";
import { Node } from "./support/nodes.ts";
import type { Handler } from "./support/workbench.ts";

const testedAt = "2026-01-01T00:00:00.000Z";

/** A node whose beats alone are refused until it cannot tell whether it lives; nobody else is there to end it. */
async function doubt(cluster: Cluster, node: Node): Promise<void> {
  node.machine.refuses.add("beat");
  await cluster.until("doubt", () => node.membership.isInDoubt);
}

async function certain(cluster: Cluster, node: Node): Promise<void> {
  node.machine.refuses.clear();
  node.machine.isCutOff = false;
  await cluster.until("certainty", () => node.membership.owns("once"));
}

const telegramPolled: Handler = async (_, request) => {
  const isPoll = request.url!.endsWith("getUpdates");
  if (isPoll) await new Promise((resolve) => setTimeout(resolve, 20));
  const isInfo = request.url!.endsWith("getWebhookInfo");
  return { body: { ok: true, result: isPoll ? [] : isInfo ? { url: "" } : true } };
};

describe("a node that could not tell for a while what it works for", () => {
  const troubles: [string, (node: Node, passes: () => Promise<void>) => Promise<void>][] = [
    [
      "an outage of the store",
      async ({ machine }, passes) => {
        machine.isCutOff = true;
        await passes();
      },
    ],
    [
      "a SIGSTOP",
      async ({ machine }, passes) => {
        machine.stop();
        await passes();
        machine.goOn();
      },
    ],
  ];
  for (const [what, strikes] of troubles)
    test(`invariants are checked again after ${what} over their turn`, async () => {
      await using cluster = await Cluster.of(1);
      const node = await cluster.join();
      await cluster.until("owner", () => node.membership.owns("once"));
      const invariants = new Invariants(node.gateway);
      invariants.start();
      await cluster.time.pass(4 * 60_000 + 55_000, undefined, 500);
      await strikes(node, () => cluster.time.pass(15_000));
      await certain(cluster, node);
      await cluster.time.pass(6 * 60_000, () => invariants.last.checkedAt !== undefined, 500);
      await invariants.stop();
      assert.notEqual(invariants.last.checkedAt, undefined);
    });

  test("sealing anew goes on after an outage of the store", async () => {
    await using cluster = await Cluster.of(1);
    const node = await cluster.join();
    await cluster.until("owner", () => node.membership.owns("once"));
    let parts = 0;
    const { store } = node.gateway;
    node.gateway.store = Object.assign(Object.create(store), {
      // A long work: of which there is always more.
      resealSome: async (limit: number) => {
        await store.resealSome(limit);
        parts++;
        return false;
      },
    });
    node.rotation.start();
    await cluster.until("parts", () => parts > 3);
    node.machine.isCutOff = true;
    await cluster.time.pass(leaseMs + 5_000);
    await certain(cluster, node);
    const before = parts;
    await cluster.time.pass(60_000, () => parts > before);
    assert.ok(parts > before, "no part more in a minute");
  });

  test("a channel that is polled is polled by who takes it up while in doubt", async () => {
    await using cluster = await Cluster.of(1);
    const node = new Node(cluster.bench, cluster.time);
    const reach = { loopbackUrl: "http://x" };
    const receivers = new Receivers(node.gateway, reach);
    const polls = () => cluster.bench.requests.filter(({ method }) => method === "getUpdates").length;
    cluster.nodes.push(node);
    // Joined, and what it is to take up takes longer than its lease, in which no beat is stored.
    cluster.bench.handler = telegramPolled;
    node.machine.refuses.add("beat");
    const holding = Promise.withResolvers<void>();
    const starting = node.start();
    node.membership.beforeTakingUp(() => holding.promise);
    await cluster.until("doubt", () => node.membership.isInDoubt);
    holding.resolve();
    await starting;
    await cluster.time.pass(500);
    await certain(cluster, node);
    assert.equal(node.owns("channel"), true);
    await cluster.time.pass(30_000, () => polls() > 0);
    const got = polls();
    await receivers.stop();
    assert.ok(got > 0, "never polled");
  });

  test("another token, given to the owner while it is in doubt, ends no polling", async () => {
    await using cluster = await Cluster.of(1);
    const node = new Node(cluster.bench, cluster.time);
    const receivers = new Receivers(node.gateway, { loopbackUrl: "http://x" });
    const polls = () => cluster.bench.requests.filter(({ method }) => method === "getUpdates").length;
    cluster.bench.handler = telegramPolled;
    cluster.nodes.push(await node.start());
    await cluster.until("polling", () => polls() > 2);
    await doubt(cluster, node);
    // As PATCH /v1/channels/{id} {"credentials": …} does.
    const { channel } = await node.gateway.channels.renew("channel", { credentials: { bot_token: "7:new" } });
    await receivers.renew(channel);
    await certain(cluster, node);
    const before = polls();
    await cluster.time.pass(60_000, () => polls() > before + 2);
    const after = polls();
    await receivers.stop();
    assert.ok(after > before + 2, `polled ${after - before} times more`);
  });

  test("another token, stored by another node while the owner is in doubt, is what its webhook is registered by then", async () => {
    await using cluster = await Cluster.of(1);
    const tokens = new Set<string>();
    let url = "";
    cluster.bench.handler = async (body, request) => {
      tokens.add(/bot([^/]+)/.exec(request.url!)![1]!);
      url = (body as { url?: string }).url ?? url;
      const isInfo = request.url!.endsWith("getWebhookInfo");
      return { body: { ok: true, result: isInfo ? { url } : true } };
    };
    const node = await cluster.join();
    await cluster.until("registration", () => url !== "");
    await cluster.time.pass(60_000);
    await doubt(cluster, node);
    await cluster.bench.gateway.channels.renew("channel", { credentials: { bot_token: "7:new" } });
    await cluster.time.pass(1_000);
    await certain(cluster, node);
    await cluster.time.pass(10_000, () => tokens.has("7:new"));
    assert.ok(tokens.has("7:new"));
  });

  test("a change of an endpoint that another node makes while its owner is in doubt is taken in", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => node.membership.owns("endpoint ep"));
    await cluster.time.pass(2_000);
    await doubt(cluster, node);
    await cluster.bench.store.updateEndpoint("ep", { enabled: false });
    await cluster.time.pass(1_000);
    await certain(cluster, node);
    await cluster.time.pass(30_000);
    await node.gateway.store.addEvent({ type: "endpoint.test", timestamp: testedAt }, { endpointId: "ep" });
    node.gateway.eventsWritten.raise();
    await cluster.time.pass(5_000);
    assert.equal(customer.got.length, 0, "it was posted to an endpoint that is switched off");
  });

  test("a change of an endpoint that is made as soon as the store is back is taken in, whenever that is", async () => {
    const posted: string[] = [];
    const delays = [0, 500, 1_000];
    const phases = [0, 600];
    for (const [phase, delay] of phases.flatMap((one) => delays.map((other) => [one, other] as const))) {
      await using cluster = await Cluster.of(1);
      await using customer = await Customer.listen();
      const node = await cluster.join();
      await cluster.bench.store.addEndpoint(customer.endpoint);
      await cluster.until("owner", () => node.membership.owns("endpoint ep"));
      await cluster.time.pass(2_000 + phase);
      node.machine.isCutOff = true;
      await cluster.time.pass(10_000);
      node.machine.isCutOff = false;
      await cluster.time.pass(delay);
      const isInDoubt = node.membership.isInDoubt;
      await cluster.bench.store.updateEndpoint("ep", { enabled: false });
      await cluster.time.pass(4_000);
      await node.gateway.store.addEvent({ type: "endpoint.test", timestamp: testedAt }, { endpointId: "ep" });
      node.gateway.eventsWritten.raise();
      await cluster.time.pass(2_000);
      if (customer.got.length > 0)
        posted.push(`${phase} ms into a second, ${delay} ms after the store is back, in doubt: ${isInDoubt}`);
    }
    assert.deepEqual(posted, []);
  });

  test("a replay that is begun while the endpoint's owner is in doubt is gone on with", async () => {
    await using cluster = await Cluster.of(1);
    await using customer = await Customer.listen();
    const node = await cluster.join();
    await cluster.bench.store.addEndpoint(customer.endpoint);
    await cluster.until("owner", () => node.membership.owns("endpoint ep"));
    await cluster.time.pass(2_000);
    await doubt(cluster, node);
    const { id } = await node.notifier.replays.begin("ep", {} as never, 100);
    await cluster.time.pass(1_000);
    await certain(cluster, node);
    await cluster.time.pass(60_000, async () => (await cluster.bench.store.replay(id))?.state !== "running");
    assert.notEqual((await cluster.bench.store.replay(id))?.state, "running");
  });

  test("a node that joins anew while its store is slow works for what it has then", async () => {
    await using cluster = await Cluster.of(1);
    const node = await cluster.join();
    await cluster.until("owner", () => node.owns("channel"));
    const { store } = cluster.bench;
    const { joinNodes } = store;
    // It is answered after 1.2 s: a disk that hesitates, or PostgreSQL just back.
    store.joinNodes = async (id) => {
      const until = cluster.time.now + 1_200;
      while (cluster.time.now < until) await new Promise((resolve) => setImmediate(resolve));
      await joinNodes(id);
    };
    // Others have ended it (its machine was paused), and its look finds it before its beat does.
    await cluster.until("a beat", () => true);
    await store.endNode(node.membership.id!);
    node.machine.refuses.add("beat");
    const was = node.membership.id;
    await cluster.until("lapse", () => node.membership.id !== was);
    node.machine.refuses.clear();
    await cluster.time.pass(30_000);
    const id = await cluster.send("channel", "channel after");
    await cluster.time.pass(60_000, async () => (await cluster.statusOf(id)) === "sent");
    const { nodes, leases } = await store.cluster();
    const joins = cluster.bench.logged.filter(({ message }) => message === "this node takes part").length;
    assert.equal(joins, 2, "it joined anew more than once");
    assert.equal(
      await cluster.statusOf(id),
      "sent",
      JSON.stringify({ nodes, leases, id: node.membership.id }),
    );
  });
});
