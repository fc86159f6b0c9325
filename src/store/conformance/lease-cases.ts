import assert from "node:assert/strict";
import type { Lease, Name } from "../leasing.ts";
import type { AgedPlace } from "../retaining.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  digest,
  endpoint,
  moment,
  problem,
  said,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
} from "./harness.ts";

const name: Name = `channel ${channelId}`;

async function joined(store: Store, ...ids: string[]): Promise<void> {
  for (const id of ids) await store.joinNodes(id);
}

async function claimed(store: Store, node: string, wanted: Name = name): Promise<Lease> {
  const [lease] = await store.claim(node, [wanted]);
  return lease ?? assert.fail(`${node} did not get ${wanted}`);
}

const lost = { code: "conflict", message: /does not work for/ };

export const leaseCases: Cases = {
  "a name is one node's at a time, and its fence grows with each owner, over restarts": async (opened) => {
    let { store } = opened;
    await joined(store, "a", "b");
    assert.deepEqual(await store.claim("a", [name, "once"]), [
      { name, node: "a", fence: 1 },
      { name: "once", node: "a", fence: 1 },
    ]);
    assert.deepEqual(await store.claim("b", [name, "once"]), []);
    await store.release([{ name, node: "a", fence: 1 }]);
    store = await opened.reopen();
    assert.deepEqual(await store.claim("b", [name, "once"]), [{ name, node: "b", fence: 2 }]);
    assert.deepEqual((await store.cluster()).leases, [
      { name, node: "b", fence: 2 },
      { name: "once", node: "a", fence: 1 },
    ]);
  },

  "a release of what is another's by now releases nothing": async ({ store }) => {
    await joined(store, "a", "b");
    const lease = await claimed(store, "a");
    await store.release([lease]);
    await claimed(store, "b");
    await store.release([lease]);
    assert.deepEqual(await store.claim("a", [name]), []);
  },

  "a node that has beaten since is not ended; one that is ended leases nothing, beats no more and claims nothing":
    async ({ store }) => {
      await joined(store, "a", "b");
      await claimed(store, "a");
      assert.equal(await store.beat("a"), true);
      const [seen] = (await store.cluster()).nodes;
      assert.deepEqual(seen, { id: "a", beat: 1 });
      await store.beat("a");
      assert.equal(await store.endNode("a", 1), false);
      assert.equal(await store.endNode("a", 2), true);
      assert.equal(await store.beat("a"), false);
      assert.deepEqual(await store.claim("a", ["once"]), []);
      const { nodes, leases } = await store.cluster();
      assert.deepEqual([nodes, leases], [[{ id: "b", beat: 0 }], []]);
      assert.equal((await claimed(store, "b")).fence, 2);
    },

  "there is a name for each channel, app and endpoint that is there or under way, and one for what is done once":
    async ({ store }) => {
      await store.addEndpoint(endpoint());
      const meta = { id: "app-1", provider: "meta", appId: "2001", name: "App", secrets: ["s"] } as const;
      await store.addApp({ ...meta, secrets: ["s"], verifyToken: "v", createdAt: start });
      const names = async () => (await store.cluster()).names.sort();
      assert.deepEqual(await names(), ["app app-1", name, "endpoint endpoint-1", "once"]);
      await store.removeEndpoint("endpoint-1");
      await store.removeApp("app-1", start);
      const { calls } = await send(store);
      await store.beginCall(calls[0]!, moment(start + 1));
      await store.removeChannel(channelId, start);
      assert.deepEqual(await names(), [name, "once"], "a call of it is under way");
      const outcome = { kind: "unknown" as const, problem };
      await store.settleCall({ callId: calls[0]!, startedAt: start + 1, at: start + 2, outcome });
      assert.deepEqual(await names(), ["once"]);
    },

  "the names of what was removed go when no node holds them, with what their owners were to be told": async ({
    store,
  }) => {
    await joined(store, "a");
    const ids = ["endpoint-1", "endpoint-2", "endpoint-3", "endpoint-4"];
    const names = ids.map((id): Name => `endpoint ${id}`);
    for (const id of ids) await store.addEndpoint(endpoint({ id }));
    const leases = await store.claim("a", [...names, name, "once"]);
    await store.wakeOwners([...names, name, "once" as const].map((name) => ({ name, lane: "" })));
    // The first is free, the second a dead node's, the third a living one's; the fourth is there, as the channel is.
    for (const id of ids.slice(0, 3)) await store.removeEndpoint(id);
    await store.release([leases[0]!, ...leases.slice(3)]);
    await store.release([leases[2]!]);
    await joined(store, "b");
    const [held] = await store.claim("b", [names[2]!]);
    await store.endNode("a");
    const ages = { at: start };
    let dropped = 0;
    let from: AgedPlace | undefined;
    do {
      const part = await store.dropAgedShared(ages, steadyOf(start), from);
      dropped += part.dropped;
      from = part.next;
    } while (from);
    assert.equal(dropped, 4, "of two names each the lease and what its owner was to be told");
    assert.deepEqual((await store.cluster()).leases, [held]);
    const again = await store.claim("b", [...names, name, "once"]);
    assert.deepEqual(
      again.map(({ name, fence }) => [name, fence]),
      [
        [names[0], 1],
        [names[1], 1],
        [names[3], 2],
        [name, 2],
        ["once", 2],
      ],
    );
    assert.deepEqual(
      (await store.news("b")).wakes.map((wake) => wake.name),
      [name, names[2], names[3], "once"],
    );
  },

  "once a lease is over, nothing that its node works for is changed by it": async ({ store }) => {
    await joined(store, "a", "b");
    await store.addEndpoint(endpoint());
    await digest(store, [said("m1")]);
    const [delivery] = await store.deliveriesInTurn({ endpointId: "endpoint-1", after: 0, limit: 1 });
    const waiting = await send(store, { to: "+1" });
    const leaving = await send(store, { to: "+2" });
    const held = await send(store, { to: "+3" });
    await store.storePayloads(channelId, ["{}"], start);
    const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1e6 });
    const stale = store.under(await claimed(store, "a"));
    await stale.beginCall(leaving.calls[0]!, moment(start + 1));
    const unknown = { kind: "unknown" as const, problem };
    await settle(stale, held.calls[0]!, unknown, { unanswered: { as: "held", dueAt: steadyOf(start) } });
    await store.endNode("a");
    await claimed(store, "b");
    const at = start + 5;
    const call = { callId: leaving.calls[0]!, startedAt: start + 1, at };
    const changes: Record<string, () => Promise<unknown>> = {
      begin: () => stale.beginCall(waiting.calls[0]!, moment(at)),
      settle: () => stale.settleCall({ ...call, outcome: { kind: "rejected", problem } }),
      again: () =>
        stale.settleCall({ ...call, outcome: { kind: "retry", scope: "contact", problem }, retryAt: 1 }),
      "end hold": () => stale.endHold(held.calls[0]!, { as: "unknown" }, at),
      expire: () => stale.expireMessage(waiting.id, problem, at),
      quarantine: () => stale.quarantineHead(waiting.conversationId, at),
      digest: () =>
        stale.digest({
          payloadId: payload!.id,
          ...moment(at),
          events: [{ event: said("m2"), report: true }],
          unknown: [],
        }),
      poll: () => stale.storePayloads(channelId, ["{}"], at, 99),
      attempt: () =>
        stale.recordAttempt(delivery!.id, { at, latencyMs: 1, category: "ok" }, { state: "delivered" }, at),
      "endpoint's failing": () =>
        stale.updateEndpoint("endpoint-1", { failing: { since: 1, lastError: "x" } }),
    };
    for (const [what, change] of Object.entries(changes)) await assert.rejects(change, lost, what);
    assert.deepEqual(await statesOf(store, waiting.id), ["queued"]);
    assert.deepEqual(await statesOf(store, leaving.id), ["sending"]);
    assert.deepEqual(await statesOf(store, held.id), ["held"]);
    assert.equal(await store.pollCursor(channelId), 0);
    assert.equal((await store.undigested(channelId, { limit: 9, maxBytes: 1e6 })).length, 1);
    assert.equal(await store.pendingDeliveries("endpoint-1"), 1);
    assert.equal((await store.endpoints())[0]!.failing, undefined);
  },

  "a lease that was taken up anew by the same node is another one": async ({ store }) => {
    await joined(store, "a");
    const former = await claimed(store, "a");
    await store.release([former]);
    const lease = await claimed(store, "a");
    const { calls } = await send(store);
    await assert.rejects(store.under(former).beginCall(calls[0]!, moment(start + 1)), lost);
    await store.under(lease).beginCall(calls[0]!, moment(start + 1));
  },

  "an answer that comes when another works for the channel shows that the platform has the call, and no more":
    async ({ store }) => {
      const { id, calls } = await send(store);
      const callId = calls[0]!;
      const times = { callId, startedAt: start + 1, at: start + 3 };
      await settle(store, callId, { kind: "unknown", problem });
      assert.equal(await statusOf(store, id), "unknown");
      await store.tellAnswer({ ...times, outcome: { kind: "rejected", problem } });
      await store.tellAnswer({ ...times, outcome: { kind: "retry", scope: "contact", problem }, retryAt: 1 });
      assert.equal(await statusOf(store, id), "unknown");
      await store.tellAnswer({ ...times, outcome: accepted("wamid.1") });
      assert.equal(await statusOf(store, id), "sent");
      const { history } = (await store.message(id))!;
      await store.tellAnswer({ ...times, outcome: accepted("wamid.1") });
      assert.deepEqual((await store.message(id))!.history, history);
      assert.equal((await store.messageByPlatformId(channelId, "wamid.1"))?.id, id);
      await store.tellAnswer({ ...times, callId: "none", outcome: accepted("wamid.2") });
    },

  "a change of what nodes keep in memory is counted, and an owner is told what waits for it, once": async ({
    store,
  }) => {
    await joined(store, "a", "b");
    await claimed(store, "a");
    const before = (await store.news("a")).versions;
    await store.updateChannel(channelId, { paused: true });
    await store.addEndpoint(endpoint());
    await store.countChange("events");
    const { versions } = await store.news("b");
    assert.equal(versions.channels, (before.channels ?? 0) + 1);
    assert.equal(versions.endpoints, (before.endpoints ?? 0) + 1);
    assert.equal(versions.events, 1);
    assert.equal(versions.keys, before.keys);
    const wakes = [
      { name, lane: "" },
      { name, lane: "conv_1" },
    ];
    await store.wakeOwners([...wakes, ...wakes]);
    assert.deepEqual((await store.news("b")).wakes, []);
    assert.deepEqual((await store.news("a")).wakes, wakes);
    await store.forgetWakes(wakes.slice(0, 1));
    assert.deepEqual((await store.news("a")).wakes, wakes.slice(1));
  },

  "a setting is replaced only as it was seen, and all who share the store can read its clock": async ({
    store,
  }) => {
    assert.equal(await store.replaceSetting("shared", "something", "1"), false);
    assert.equal(await store.replaceSetting("shared", undefined, "1"), true);
    assert.equal(await store.replaceSetting("shared", undefined, "2"), false);
    assert.equal(await store.replaceSetting("shared", "1", "2"), true);
    assert.equal(await store.replaceSetting("shared", "1", "3"), false);
    assert.equal(await store.setting("shared"), "2");
    const now = await store.storeNow();
    assert.ok(Math.abs(now - Date.now()) < 24 * 3_600_000 && Number.isInteger(now));
    assert.ok((await store.storeNow()) >= now);
  },
};
