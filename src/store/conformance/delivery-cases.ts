import assert from "node:assert/strict";
import type { DeliveryRow } from "../endpoint-rows.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  digest,
  endpoint,
  eventsOf,
  moment,
  problem,
  said,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  typesOf,
} from "./harness.ts";

const far = 7_000_000_000;
const attempt = { at: start, latencyMs: 12, category: "timeout", error: "no answer in time" } as const;

/** What waits for an endpoint, in turn or for a time. */
async function waiting(store: Store, endpointId = "endpoint-1"): Promise<DeliveryRow[]> {
  const inTurn = await store.deliveriesInTurn({ endpointId, after: 0, limit: 100 });
  const wish = { endpointId, now: Number.MAX_SAFE_INTEGER, limit: 100, except: [], headsOnly: false };
  return [...inTurn, ...(await store.timedDeliveries(wish))];
}

export const deliveryCases: Cases = {
  "an event is delivered to the endpoints that want it, and to none that came later": async ({ store }) => {
    await digest(store, [said("before")]);
    await store.addEndpoint(endpoint({ id: "all" }));
    await store.addEndpoint(endpoint({ id: "reads", events: ["message.read"] }));
    await store.addEndpoint(endpoint({ id: "other", channels: ["channel-2"] }));
    await store.addEndpoint(endpoint({ id: "off", enabled: false }));
    await store.addEndpoint(endpoint({ id: "here", channels: [channelId], events: ["message.received"] }));
    await digest(store, [said("after")]);
    const counted = await Promise.all(
      ["all", "reads", "other", "off", "here"].map(async (id) => (await waiting(store, id)).length),
    );
    assert.deepEqual(counted, [1, 0, 0, 1, 1], "what is switched off gets it later");
    const [delivery] = await waiting(store, "all");
    const event = (await eventsOf(store)).at(-1);
    assert.deepEqual(
      [delivery?.eventId, delivery?.eventType, delivery?.lane, delivery?.state, delivery?.tries],
      [event?.id, "message.received", event?.conversation?.id, "pending", 0],
    );
  },

  "of two changes of a secret at once the later keeps that of the earlier": async ({ store }) => {
    await store.addEndpoint(endpoint());
    const both = [store.rotateEndpoint("endpoint-1", "b", 5), store.rotateEndpoint("endpoint-1", "c", 6)];
    const [first, second] = await Promise.all(both);
    const { secret: before } = endpoint();
    assert.deepEqual([first?.secret, first?.previous], ["b", { secret: before, until: 5 }]);
    assert.deepEqual([second?.secret, second?.previous], ["c", { secret: "b", until: 6 }]);
    assert.deepEqual(await store.endpoints(), [second]);
    const alone = await store.rotateEndpoint("endpoint-1", "d");
    assert.deepEqual([alone.secret, alone.previous], ["d", undefined]);
    await store.rotateEndpoint("endpoint-1", "e", 7);
    await store.endFormerSecret("endpoint-1", 6);
    const former = async () => (await store.endpoints())[0]?.previous;
    assert.deepEqual(await former(), { secret: "d", until: 7 }, "another's end");
    await store.endFormerSecret("endpoint-1", 7);
    assert.equal(await former(), undefined);
    await assert.rejects(store.rotateEndpoint("none", "e"), { code: "not_found" });
  },

  "attempts are recorded, and a dead delivery can be retried": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [said("a")]);
    const [{ id } = { id: "" }] = await waiting(store);
    const refusal = { at: start, latencyMs: 12, category: "status", httpStatus: 500, answer: "no" } as const;
    await store.recordAttempt(id, refusal, { state: "dead", reason: "tries" }, far);
    assert.deepEqual(await waiting(store), []);
    assert.equal((await store.delivery(id))?.reason, "tries");
    assert.equal((await store.retryDelivery(id, far + 50))?.state, "pending");
    const [again] = await waiting(store);
    assert.deepEqual([again?.dueAt, again?.isTimed, again?.reason], [far + 50, true, undefined]);
    assert.equal(again?.firstTriedAt, far);
    const success = { at: start + 50, latencyMs: 3, category: "ok", httpStatus: 200 } as const;
    await store.recordAttempt(id, success, { state: "delivered" }, far + 50);
    const row = await store.delivery(id);
    assert.deepEqual([row?.state, row?.tries, row?.attempts], ["delivered", 2, [refusal, success]]);
    assert.equal(await store.retryDelivery("none", far), undefined);
    assert.equal(await store.nextTimedAt("endpoint-1", 0), undefined);
    assert.deepEqual((await store.counts()).deliveries, { delivered: 1 });
  },

  "an endpoint that is removed leaves its deliveries dead, also one under way": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [said("a"), said("b")]);
    const [first, second] = await waiting(store);
    await store.removeEndpoint("endpoint-1");
    await store.recordAttempt(first?.id ?? "", attempt, { state: "pending", dueAt: far }, far);
    for (const one of [first, second]) {
      const { state, reason } = (await store.delivery(one?.id ?? "")) ?? {};
      assert.deepEqual([state, reason], ["dead", "removed"]);
    }
    assert.equal(await store.pendingDeliveries("endpoint-1"), 0);
    await assert.rejects(store.retryDelivery(first?.id ?? "", far), { code: "conflict" });
    await assert.rejects(store.removeEndpoint("endpoint-1"), { code: "not_found" });
    assert.deepEqual(await store.endpoints(), []);
  },

  "an event of no conversation reaches those who want it, or one endpoint only": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await store.addEndpoint(endpoint({ id: "endpoint-2", enabled: false, events: ["message.read"] }));
    const timestamp = new Date(start).toISOString();
    const event = await store.addEvent({ type: "channel.paused", timestamp, reason: "Asked to." });
    await store.addEvent({ type: "endpoint.test", timestamp }, { endpointId: "endpoint-2" });
    assert.deepEqual(await store.event(event.id), event);
    assert.equal(await store.eventBody(event.id), JSON.stringify(event));
    assert.deepEqual(
      (await waiting(store)).map((row) => row.eventType),
      ["channel.paused"],
    );
    assert.deepEqual(
      (await waiting(store, "endpoint-2")).map((row) => row.eventType),
      ["endpoint.test"],
    );
  },

  "an endpoint is changed field by field": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await store.updateEndpoint("endpoint-1", { enabled: false, events: ["message.read"] });
    assert.deepEqual(await store.endpoints(), [endpoint({ enabled: false, events: ["message.read"] })]);
    const wishes = {
      previous: { secret: "whsec_BBBB", until: far },
      ordered: true,
      maxAgeSeconds: 60,
      maxPerSecond: 5,
      disabled: { at: start, reason: "gone" },
      failing: { since: far, lastError: "answered 500", toldAt: far + 1 },
    } as const;
    await store.updateEndpoint("endpoint-1", { ...wishes, enabled: true, events: [] });
    assert.deepEqual(await store.endpoints(), [endpoint(wishes)]);
    const none = { previous: undefined, maxAgeSeconds: undefined, maxPerSecond: undefined };
    await store.updateEndpoint("endpoint-1", { ...none, disabled: undefined, failing: undefined });
    assert.deepEqual(await store.endpoints(), [endpoint({ ordered: true })]);
    await assert.rejects(store.updateEndpoint("none", {}), { code: "not_found" });
  },

  "lists are paged newest first, the stream oldest first, and a cursor is checked": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [said("a"), said("b"), said("c")]);
    const types = ["message.received"] as const;
    const [{ event } = { event: undefined }] = await store.eventsAfter(0, 1);
    const filters = { limit: 2, channelIds: [channelId], conversationId: event?.conversation?.id };
    const first = await store.events({ ...filters, types: [...types] });
    const second = await store.events({ ...filters, after: first.next ?? "" });
    const bodies = [...first.rows, ...second.rows].map(
      (row) => (row.event.message as { text?: unknown }).text,
    );
    assert.deepEqual(bodies, [{ body: "c" }, { body: "b" }, { body: "a" }]);
    assert.equal(second.next, null);
    const streamed = await store.eventsAfter(first.rows[1]?.position ?? 0, 10);
    assert.deepEqual(
      streamed.map((row) => row.position),
      [await store.lastEventPosition()],
    );
    const messages = await store.messages({
      limit: 2,
      direction: "in",
      status: "received",
      channelIds: [channelId],
    });
    const rest = await store.messages({ limit: 2, after: messages.next ?? "" });
    assert.deepEqual([messages.rows.length, rest.rows.length, rest.next], [2, 1, null]);
    const deliveries = await store.deliveries({ limit: 5, endpointId: "endpoint-1", state: "pending" });
    assert.deepEqual([deliveries.rows.length, deliveries.next], [3, null]);
    assert.equal((await store.deliveries({ limit: 5, eventId: event?.id })).rows.length, 1);
    await assert.rejects(store.events({ limit: 1, after: "no cursor!" }), { code: "invalid_request" });
  },

  "channels are unique by natural id, changed field by field, and empty fields can be emptied": async ({
    store,
  }) => {
    await assert.rejects(store.addChannel(channel({ id: "twin" })), { code: "conflict" });
    await store.updateChannel(channelId, { paused: true, pausedReason: "broken token", baseUrl: "http://b" });
    const expected = channel({ paused: true, pausedReason: "broken token", baseUrl: "http://b" });
    assert.deepEqual(await store.channels(), [expected]);
    await store.updateChannel(channelId, { paused: false, pausedReason: undefined });
    assert.deepEqual(await store.channels(), [channel({ baseUrl: "http://b" })]);
    await assert.rejects(store.updateChannel("none", { name: "x" }), { code: "unknown_channel" });
  },

  "a removed channel keeps its history, skips what waits, and frees its natural id": async ({ store }) => {
    const { id, calls, conversationId } = await send(store, { calls: 2 });
    const underWay = await send(store, { to: "+2" });
    await settle(store, calls[0] ?? "", accepted("p1"));
    await store.beginCall(underWay.calls[0] ?? "", moment(start));
    await store.removeChannel(channelId, start + 5);
    assert.deepEqual(await store.channels(), []);
    assert.deepEqual(
      [await statesOf(store, id), await statusOf(store, id)],
      [["accepted", "skipped"], "failed"],
    );
    assert.equal((await store.message(id))?.message.platform, "whatsapp");
    assert.equal((await store.conversation(conversationId))?.platform, "whatsapp");
    const outcome = { kind: "rejected", problem } as const;
    await store.settleCall({ callId: underWay.calls[0] ?? "", at: start, startedAt: start, outcome });
    assert.equal(await statusOf(store, underWay.id), "failed");
    assert.deepEqual(await typesOf(store), ["message.failed", "message.failed"]);
    await store.addChannel(channel({ id: "channel-2" }));
    await assert.rejects(store.storePayloads(channelId, ["{}"], start), { code: "unknown_channel" });
  },

  "settings are kept and replaced": async (opened) => {
    await opened.store.putSetting("key", "one");
    await opened.store.putSetting("key", "two");
    const store = await opened.reopen();
    assert.deepEqual([await store.setting("key"), await store.setting("none")], ["two", undefined]);
  },
};
