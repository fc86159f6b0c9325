import assert from "node:assert/strict";
import type { DeliveryRow } from "../endpoint-rows.ts";
import type { ReplayWish } from "../replaying.ts";
import type { Store } from "../store.ts";
import { type Cases, channel, channelId, digest, endpoint, eventsOf, said, start } from "./harness.ts";

const endpointId = "endpoint-1";
const minuteMs = 60_000;

function waiting(store: Store, id = endpointId): Promise<DeliveryRow[]> {
  return store.deliveriesInTurn({ endpointId: id, after: 0, limit: 1_000 });
}

async function fitting(store: Store, wish: ReplayWish): Promise<number> {
  return (await store.countReplay({ endpointId, wish, after: 0 })).fitting;
}

/** A replay of all that fits, queued whole. */
async function replayed(store: Store, wish: ReplayWish, limit = 1_000) {
  const total = await fitting(store, wish);
  const { id } = await store.addReplay({
    id: "replay-1",
    endpointId,
    wish,
    perSecond: 10,
    total,
    createdAt: start,
  });
  for (let row = await store.advanceReplay(id, limit); row; ) row = await store.advanceReplay(id, limit);
  return (await store.replay(id))!;
}

export const replayCases: Cases = {
  "a replay goes by times, types and channels, within what the endpoint takes": async ({ store }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "2" }));
    for (const [index, name] of ["a", "b", "c"].entries())
      await digest(store, [said(name)], { at: start + index * minuteMs });
    await digest(store, [said("x")], { at: start + 3 * minuteMs, channelId: "channel-2" });
    const timestamp = new Date(start + 4 * minuteMs).toISOString();
    await store.addEvent({ type: "channel.paused", timestamp });
    await store.addEndpoint(endpoint());
    assert.deepEqual(await waiting(store), [], "it came later");
    assert.equal(await fitting(store, { since: 0 }), 5);
    assert.equal(await fitting(store, { since: start + minuteMs }), 4);
    assert.equal(await fitting(store, { since: start + 1, until: start + 2 * minuteMs }), 1);
    assert.equal(await fitting(store, { since: start + 10 * minuteMs }), 0);
    assert.equal(await fitting(store, { since: 0, types: ["channel.paused"] }), 1);
    assert.equal(await fitting(store, { since: 0, channels: ["channel-2"] }), 1);
    const [first] = await eventsOf(store);
    assert.equal(await fitting(store, { since: 0, conversation: first?.conversation?.id }), 3);
    assert.equal(await fitting(store, { ids: [first!.id, "nothing"] }), 1);
    await store.updateEndpoint(endpointId, { events: ["message.received"], channels: [channelId] });
    assert.equal(await fitting(store, { since: 0 }), 3);
    assert.equal(await fitting(store, { since: 0, channels: ["channel-2"] }), 0);
  },

  "what happened while the clock was behind is found by its own time": async ({ store }) => {
    for (const [index, at] of [0, minuteMs, -60 * minuteMs, -59 * minuteMs, 2 * minuteMs].entries())
      await digest(store, [said(`said ${index}`)], { at: start + at });
    await store.addEndpoint(endpoint());
    assert.equal(await fitting(store, { since: start }), 3);
    assert.equal(await fitting(store, { since: start - 60 * minuteMs }), 5);
    assert.equal(await fitting(store, { until: start, since: 0 }), 2);
  },

  "a replay of raw webhooks tells each once, also after an earlier replay": async ({ store }) => {
    await store.addEndpoint(endpoint({ format: "raw" }));
    for (const body of ["1", "2", "3"]) await store.storeWebhook(channelId, body, start);
    const take = async () => {
      const rows = await waiting(store);
      for (const { id } of rows)
        await store.recordAttempt(id, { at: start, latencyMs: 1, category: "ok" }, { state: "delivered" }, 1);
      return rows.map(({ eventId }) => eventId);
    };
    const first = await take();
    assert.equal(first.length, 3);
    for (const id of ["replay-1", "replay-2"]) {
      const wish = { since: 0 };
      const total = await fitting(store, wish);
      assert.equal(total, 3);
      await store.addReplay({ id, endpointId, wish, perSecond: 10, total, createdAt: start });
      const told: string[] = [];
      for (let row = await store.advanceReplay(id, 1); row; row = await store.advanceReplay(id, 1))
        told.push(...(await take()));
      assert.deepEqual(told, first, id);
    }
  },

  "a replay of an app's webhook holds what the endpoint may have now, and no other channel's part": async ({
    store,
  }) => {
    const app = { id: "app", provider: "meta" as const, appId: "1", name: "App", secrets: ["s"] };
    await store.addApp({ ...app, verifyToken: "v", createdAt: start });
    await store.addChannel(channel({ id: "channel-2", naturalId: "2" }));
    await store.addEndpoint(endpoint({ format: "raw" }));
    await store.storeAppPayload("app", "both", start);
    const [payload] = await store.unrouted("app", { limit: 1, maxBytes: 1_000 });
    const parts = [channelId, "channel-2"].map((id) => ({ channelId: id, body: `part of ${id}` }));
    await store.route({ appPayloadId: payload!.id, at: start, parts, unrouted: [] });
    const [whole] = await waiting(store);
    const attempt = { at: start, latencyMs: 1, category: "ok" as const };
    await store.recordAttempt(whole!.id, attempt, { state: "delivered" }, 1);
    const bodies = async (wish: ReplayWish) => {
      await replayed(store, wish, 1);
      const rows = await waiting(store);
      return Promise.all(rows.map(async (row) => (await store.posted(row.payload!))?.body));
    };
    assert.equal(await fitting(store, { ids: [whole!.eventId], channels: ["channel-2"] }), 1);
    await store.updateEndpoint(endpointId, { channels: [channelId] });
    assert.deepEqual(await bodies({ since: 0 }), [`part of ${channelId}`]);
  },

  "a replay queues part by part, goes on after a restart, and does not go through itself": async (opened) => {
    let { store } = opened;
    await digest(
      store,
      Array.from({ length: 30 }, (_, index) => said(`m${index}`)),
    );
    await store.addEndpoint(endpoint());
    const wish = { since: 0 };
    const made = { id: "replay-1", endpointId, wish, perSecond: 10, total: 30, createdAt: start };
    assert.equal((await store.addReplay(made)).state, "running");
    assert.equal((await store.advanceReplay("replay-1", 7))?.queued, 7);
    await digest(store, [said("later")]);
    store = await opened.reopen();
    assert.deepEqual(
      (await store.runningReplays()).map(({ id, queued }) => [id, queued]),
      [["replay-1", 7]],
    );
    let row = await store.advanceReplay("replay-1", 20);
    assert.deepEqual([row?.state, row?.queued], ["running", 27]);
    row = await store.advanceReplay("replay-1", 20);
    assert.deepEqual([row?.state, row?.queued, row?.skipped], ["done", 30, 0]);
    assert.equal(await store.advanceReplay("replay-1", 20), undefined);
    const rows = await waiting(store);
    const events = (await eventsOf(store)).map(({ id }) => id);
    const replays = rows.filter(({ replayId }) => replayId === "replay-1").map(({ eventId }) => eventId);
    assert.deepEqual(replays, events.slice(0, 30), "in the order of the events");
    assert.equal(rows.length, 31);
    for (const { id } of rows.slice(0, 2))
      await store.recordAttempt(id, { at: start, latencyMs: 1, category: "ok" }, { state: "delivered" }, 1);
    const after = await store.replay("replay-1");
    assert.deepEqual([after?.delivered, after?.dead], [2, 0]);
    assert.equal((await store.replays(endpointId)).length, 1);
  },

  "a replay of dead letters takes their place, once": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [said("a"), said("b"), said("c")]);
    const [a, b] = (await waiting(store)) as [DeliveryRow, DeliveryRow];
    for (const { id } of [a, b])
      await store.recordAttempt(id, { at: start, latencyMs: 1 }, { state: "dead", reason: "tries" }, 1);
    assert.equal(await fitting(store, { state: "dead" }), 2);
    const { queued, skipped } = await replayed(store, { since: 0 });
    assert.deepEqual([queued, skipped], [2, 1], "one waits for its first delivery all the same");
    assert.equal((await store.delivery(a.id))?.state, "replayed");
    assert.equal(await fitting(store, { state: "dead" }), 0);
    assert.deepEqual((await store.counts()).deliveries, { pending: 3, replayed: 2 });
  },

  "what of a replay is dead does not wait, also when another replay takes its place": async ({ store }) => {
    await digest(
      store,
      Array.from({ length: 10 }, (_, index) => said(`m${index}`)),
    );
    await store.addEndpoint(endpoint());
    const made = { endpointId, perSecond: 10, createdAt: start };
    await store.addReplay({ ...made, id: "first", wish: { since: 0 }, total: 10 });
    assert.equal((await store.advanceReplay("first", 4))?.waiting, 4);
    const dead = { state: "dead", reason: "tries" } as const;
    const attempt = { at: start, latencyMs: 1 };
    for (const { id } of (await waiting(store)).slice(0, 3)) await store.recordAttempt(id, attempt, dead, 1);
    assert.equal((await store.replay("first"))?.waiting, 1);
    await store.addReplay({ ...made, id: "second", wish: { state: "dead" }, total: 3 });
    assert.equal((await store.advanceReplay("second", 9))?.waiting, 3);
    const { waiting: left, queued, state } = (await store.replay("first"))!;
    assert.deepEqual([left, queued, state], [1, 4, "running"]);
  },

  "a replay ends with its endpoint, and by request": async ({ store }) => {
    await digest(store, [said("a"), said("b")]);
    for (const id of ["endpoint-1", "endpoint-2", "endpoint-3"]) await store.addEndpoint(endpoint({ id }));
    const begin = (id: string) =>
      store.addReplay({
        id: `of ${id}`,
        endpointId: id,
        wish: { since: 0 },
        perSecond: 1,
        total: 2,
        createdAt: start,
      });
    for (const id of ["endpoint-1", "endpoint-2", "endpoint-3"]) await begin(id);
    await store.removeEndpoint("endpoint-1");
    const disabled = { at: start, reason: "gone" } as const;
    const timestamp = new Date(start).toISOString();
    await store.reportEndpoint(
      "endpoint-2",
      { enabled: false, disabled },
      { type: "endpoint.disabled", timestamp },
    );
    assert.equal((await store.cancelReplay("of endpoint-3"))?.state, "cancelled");
    for (const id of ["endpoint-1", "endpoint-2", "endpoint-3"])
      assert.equal(await store.advanceReplay(`of ${id}`, 5), undefined);
    assert.deepEqual(await store.runningReplays(), []);
    await assert.rejects(begin("endpoint-2"), { code: "conflict" });
    await assert.rejects(begin("nowhere"), { code: "not_found" });
  },

  "what a platform posted is queued whole or in parts for the endpoints that may have it": async ({
    store,
  }) => {
    await store.addApp({
      id: "app",
      provider: "meta",
      appId: "1",
      name: "App",
      secrets: ["s"],
      verifyToken: "v",
      createdAt: start,
    });
    await store.addChannel(channel({ id: "channel-2", naturalId: "2" }));
    const raw = { format: "raw" } as const;
    await store.addEndpoint(endpoint({ ...raw, id: "all" }));
    await store.addEndpoint(endpoint({ ...raw, id: "both", channels: [channelId, "channel-2"] }));
    await store.addEndpoint(endpoint({ ...raw, id: "second", channels: ["channel-2"] }));
    await store.addEndpoint(endpoint({ id: "events" }));
    await store.storeWebhook(channelId, '{"to":"first"}', start, { signature: "sha256=1" });
    const posted = async (id: string) => {
      const rows = await waiting(store, id);
      return Promise.all(rows.map(async ({ payload }) => store.posted(payload!)));
    };
    const whole = { body: '{"to":"first"}', signature: "sha256=1", ownerId: channelId };
    assert.deepEqual(await posted("all"), [whole]);
    assert.deepEqual(await posted("second"), []);
    assert.deepEqual(await waiting(store, "events"), []);

    const route = async (unrouted: "unknown" | "refused" | undefined) => {
      await store.storeAppPayload("app", '{"to":"both"}', start, { signature: "sha256=2" });
      const [payload] = await store.unrouted("app", { limit: 1, maxBytes: 1_000 });
      const parts = [channelId, "channel-2"].map((id) => ({ channelId: id, body: `{"part":"${id}"}` }));
      const stray = unrouted ? [{ path: "/nowhere", kind: unrouted, reason: "r" }] : [];
      await store.route({ appPayloadId: payload!.id, at: start, parts, unrouted: stray });
    };
    const bodies = async (id: string) => (await posted(id)).map((one) => one?.body);
    await route(undefined);
    assert.deepEqual((await bodies("both")).slice(1), ['{"to":"both"}']);
    assert.deepEqual(await posted("second"), [{ body: '{"part":"channel-2"}', ownerId: "channel-2" }]);
    await route("unknown");
    assert.deepEqual((await bodies("all")).slice(2), ['{"to":"both"}']);
    assert.deepEqual((await bodies("both")).slice(2), ['{"part":"channel-1"}', '{"part":"channel-2"}']);
    await route("refused");
    assert.deepEqual((await bodies("all")).slice(3), ['{"part":"channel-1"}', '{"part":"channel-2"}']);
    const [row] = await waiting(store, "both");
    assert.deepEqual([row?.eventType, row?.lane], ["raw", channelId]);
  },
};
