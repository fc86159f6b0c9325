import assert from "node:assert/strict";
import type { DeliveryRow } from "../endpoint-rows.ts";
import type { AgedPlace } from "../retaining.ts";
import type { Store } from "../store.ts";
import { type Cases, channel, channelId, digest, endpoint, eventsOf, said, start } from "./harness.ts";

const endpointId = "endpoint-1";
/** Gateway time, far from any clock's. */
const now = 7_000_000_000;
const failed = { at: start, latencyMs: 12, category: "status", httpStatus: 500 } as const;

function from(person: string, id: string) {
  return said(id, { chat: { id: person, type: "private" }, sender: { aliases: [person] } });
}

function inTurn(store: Store, after = 0, limit = 5_000): Promise<DeliveryRow[]> {
  return store.deliveriesInTurn({ endpointId, after, limit });
}

function timed(
  store: Store,
  wish: { except?: string[]; headsOnly?: boolean; limit?: number; at?: number } = {},
) {
  const { except = [], headsOnly = false, limit = 100, at = now } = wish;
  return store.timedDeliveries({ endpointId, now: at, limit, except, headsOnly });
}

function fail(store: Store, { id }: DeliveryRow, dueAt: number, at = now): Promise<number | undefined> {
  return store.recordAttempt(id, failed, { state: "pending", dueAt }, at);
}

const at = new Date(start).toISOString();

function switchOff(store: Store): Promise<void> {
  const change = { enabled: false, disabled: { at: start, reason: "failing" } } as const;
  return store.reportEndpoint(endpointId, change, { type: "endpoint.disabled", timestamp: at });
}

export const queueCases: Cases = {
  "what waits for its turn comes in the order of its events, page by page": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(
      store,
      Array.from({ length: 120 }, (_, index) => from(String(index % 7), `m${index}`)),
    );
    const events = (await eventsOf(store)).map(({ id }) => id);
    const seen: string[] = [];
    for (let after = 0; ; ) {
      const page = await inTurn(store, after, 50);
      if (page.length === 0) break;
      seen.push(...page.map(({ eventId }) => eventId));
      after = page.at(-1)!.seq;
    }
    assert.deepEqual(seen, events);
    assert.equal(await store.pendingDeliveries(endpointId), 120);
  },

  "who asks for another try while one is under way is not put off by what that one comes to": async ({
    store,
  }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [from("1", "a"), from("2", "b"), from("3", "c")]);
    const [a, b, c] = (await inTurn(store)) as [DeliveryRow, DeliveryRow, DeliveryRow];
    const asked = now - failed.latencyMs + 1;
    for (const { id } of [a, b, c]) await store.retryDelivery(id, asked);
    assert.equal(await fail(store, a, now + 9_000), asked);
    assert.equal(await store.recordAttempt(b.id, failed, { state: "dead", reason: "tries" }, now), asked);
    assert.equal(await store.recordAttempt(c.id, failed, { state: "delivered" }, now), undefined);
    assert.deepEqual(
      (await timed(store)).map(({ id }) => id),
      [a.id, b.id],
    );
    const endedAt = now + failed.latencyMs;
    assert.equal(await fail(store, a, now + 9_000, endedAt), now + 9_000);
  },

  "what failed waits for its time, the longest due first, and no turn": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [from("1", "a"), from("2", "b"), from("3", "c"), from("4", "d")]);
    const [a, b, c, d] = (await inTurn(store)) as [DeliveryRow, DeliveryRow, DeliveryRow, DeliveryRow];
    await fail(store, a, now - 5);
    await fail(store, b, now - 50);
    await fail(store, c, now + 5);
    const ids = async (rows: Promise<DeliveryRow[]>) => (await rows).map(({ id }) => id);
    assert.deepEqual(await ids(inTurn(store)), [d.id]);
    assert.deepEqual(await ids(timed(store)), [b.id, a.id]);
    assert.deepEqual(await ids(timed(store, { except: [b.id] })), [a.id]);
    assert.deepEqual(await ids(timed(store, { limit: 1 })), [b.id]);
    assert.equal(await store.nextTimedAt(endpointId, now), now + 5);
    assert.equal(await store.nextTimedAt(endpointId, now + 5), undefined);
    await store.hurryDeliveries({ endpointId, triedSince: now + 1, now });
    assert.equal(await store.nextTimedAt(endpointId, now), now + 5, "it failed before");
    await store.hurryDeliveries({ endpointId, triedSince: now, now });
    assert.deepEqual(await ids(timed(store)), [b.id, a.id, c.id]);
  },

  "the head of a lane is found however much is behind it, and what is behind one that failed is no head":
    async ({ store }) => {
      await store.addEndpoint(endpoint());
      await digest(store, [from("1", "a"), from("1", "b"), from("1", "c"), from("2", "x")]);
      const [a, b, c, x] = (await inTurn(store)) as [DeliveryRow, DeliveryRow, DeliveryRow, DeliveryRow];
      const lane = a.lane!;
      const head = async (isInTurn: boolean) => (await store.headOfLane(endpointId, lane, isInTurn))?.id;
      assert.deepEqual([await head(false), await head(true)], [a.id, a.id]);
      await fail(store, a, now - 1);
      await fail(store, b, now - 2);
      assert.deepEqual([await head(false), await head(true)], [a.id, c.id]);
      assert.deepEqual(
        (await timed(store, { headsOnly: true })).map(({ id }) => id),
        [a.id],
      );
      await store.recordAttempt(a.id, failed, { state: "delivered" }, now);
      assert.equal(await head(false), b.id);
      assert.equal((await store.headOfLane(endpointId, x.lane!, true))?.id, x.id);
      assert.equal(await store.headOfLane(endpointId, "nowhere", true), undefined);
    },

  "what has waited too long is dead, in parts, and says why": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [from("1", "a"), from("2", "b"), from("3", "c")]);
    const [a] = await inTurn(store);
    await fail(store, a!, now + 1e9);
    const oldest = await store.oldestQueuedAt(endpointId);
    assert.equal(oldest, a?.queuedAt);
    const none = { endpointId, queuedBefore: oldest!, limit: 10 };
    assert.equal(await store.expireDeliveries(none), 0);
    const all = { endpointId, queuedBefore: Number.MAX_SAFE_INTEGER, limit: 1 };
    assert.equal(await store.expireDeliveries(all), 1);
    assert.equal((await store.delivery(a!.id))?.state, "dead", "what failed, too, and first");
    assert.equal(await store.expireDeliveries({ ...all, limit: 9 }), 2);
    const dead = await store.deliveries({ limit: 5, endpointId, state: "dead" });
    assert.deepEqual(new Set(dead.rows.map(({ reason }) => reason)), new Set(["max_age"]));
    assert.equal(await store.oldestQueuedAt(endpointId), undefined);
    assert.equal(await store.pendingDeliveries(endpointId), 0);
  },

  "what waits for an endpoint that is switched off is dead when it is older than its channel keeps content":
    async ({ store }) => {
      const dayMs = 86_400_000;
      await store.addChannel(channel({ id: "short", naturalId: "2", retention: { contentDays: 1 } }));
      await store.addChannel(channel({ id: "long", naturalId: "3", retention: { contentDays: 60 } }));
      await store.addChannel(channel({ id: "ever", naturalId: "4", retention: { contentDays: 0 } }));
      await store.addEndpoint(endpoint());
      const owners = [channelId, "short", "long", "ever"];
      for (const [index, id] of owners.entries())
        await digest(store, [from("1", `a${index}`), from("2", `b${index}`)], { channelId: id });
      const all = await inTurn(store);
      for (const one of all.filter((_, index) => index % 2 === 1)) await fail(store, one, now + 1e12);
      const { queuedAt } = all[0]!;
      const dead = async (days: number, contentDays: number) => {
        let expired = 0;
        let place: AgedPlace | undefined;
        do {
          const wish = { endpointId, now: queuedAt + days * dayMs + 60_000, contentDays };
          const part = await store.expireResting(wish, place);
          expired += part.expired;
          place = part.next;
        } while (place);
        return expired;
      };
      assert.equal(await dead(0.9, 30), 0);
      assert.equal(await dead(1, 30), 2, "what failed, too");
      assert.equal(await dead(29.9, 30), 0);
      assert.equal(await dead(30, 0), 0, "for ever, where a channel says nothing else");
      assert.equal(await dead(30, 30), 2);
      assert.equal(await dead(59.9, 30), 0);
      assert.equal(await dead(60, 30), 2);
      await store.addEndpoint(endpoint({ id: "other" }));
      await store.reportEndpoint("other", {}, { type: "endpoint.failing", timestamp: at });
      assert.equal(await store.pendingDeliveries(endpointId), 3);
      assert.equal(await dead(100_000, 0), 1, "what is of no channel, by the shortest");
      assert.equal(await store.pendingDeliveries(endpointId), 2, "for ever");
      const gone = await store.deliveries({ limit: 9, endpointId, state: "dead" });
      assert.deepEqual(new Set(gone.rows.map(({ reason }) => reason)), new Set(["max_age"]));
    },

  "of very many that wait for one that is switched off the old are found behind those that are kept": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "ever", naturalId: "4", retention: { contentDays: 0 } }));
    await store.addEndpoint(endpoint());
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, index) => from("1", `${name}${index}`));
    await digest(store, many("a", 600), { channelId: "ever" });
    await digest(store, many("b", 300));
    let place: AgedPlace | undefined;
    let parts = 0;
    do {
      const part = await store.expireResting(
        { endpointId, now: Number.MAX_SAFE_INTEGER, contentDays: 1 },
        place,
      );
      assert.ok(part.expired <= 250, "a part is small");
      place = part.next;
      parts++;
    } while (place);
    assert.ok(parts > 3);
    assert.equal(await store.pendingDeliveries(endpointId), 600);
  },

  "an endpoint that was switched off by the gateway gets nothing more, and what waited is closed in parts":
    async (opened) => {
      let { store } = opened;
      await store.addEndpoint(endpoint());
      await digest(store, [from("1", "a"), from("2", "b"), from("3", "c")]);
      await store.addEndpoint(endpoint({ id: "other" }));
      await switchOff(store);
      await digest(store, [from("1", "d")]);
      assert.equal(await store.pendingDeliveries(endpointId), 3);
      assert.deepEqual(
        (await store.deliveriesInTurn({ endpointId: "other", after: 0, limit: 9 })).map(
          (row) => row.eventType,
        ),
        ["endpoint.disabled", "message.received"],
      );
      assert.deepEqual(await store.abandonedEndpoints(), [endpointId]);
      assert.equal(await store.closeDeliveries(endpointId, "disabled", 2), 2);
      store = await opened.reopen();
      assert.deepEqual(await store.abandonedEndpoints(), [endpointId]);
      assert.equal(await store.closeDeliveries(endpointId, "disabled", 2), 1);
      assert.deepEqual(await store.abandonedEndpoints(), []);
      await store.reportEndpoint("gone", {}, { type: "endpoint.failing", timestamp: at });
      assert.equal((await eventsOf(store)).length, 5, "of one that has gone nothing is told");
    },

  "what waits is closed no further once an endpoint is enabled again": async ({ store }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [from("1", "a"), from("2", "b"), from("3", "c")]);
    await switchOff(store);
    assert.equal(await store.closeDeliveries(endpointId, "gone", 2), 2);
    await store.updateEndpoint(endpointId, { enabled: true, disabled: undefined });
    await digest(store, [from("4", "later")]);
    assert.equal(await store.closeDeliveries(endpointId, "gone", 9), 0);
    assert.equal((await inTurn(store)).length, 2);
    await store.removeEndpoint(endpointId);
    assert.equal(await store.pendingDeliveries(endpointId), 0);
  },

  "an attempt that ends after its delivery was closed is recorded, and opens it no more": async ({
    store,
  }) => {
    await store.addEndpoint(endpoint());
    await digest(store, [from("1", "a"), from("2", "b")]);
    const [a, b] = (await inTurn(store)) as [DeliveryRow, DeliveryRow];
    await switchOff(store);
    await store.closeDeliveries(endpointId, "gone", 10);
    await fail(store, a, now);
    await store.recordAttempt(b.id, { ...failed, category: "ok" }, { state: "delivered" }, now);
    const states = await Promise.all([a, b].map(async ({ id }) => (await store.delivery(id))?.state));
    assert.deepEqual(states, ["dead", "delivered"]);
    assert.equal((await store.delivery(a.id))?.attempts.length, 1);
  },
};
