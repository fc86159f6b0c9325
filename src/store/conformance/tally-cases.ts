import assert from "node:assert/strict";
import type { Store } from "../store.ts";
import type { CheckPlace, Violation } from "../tallying.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  digest,
  endpoint,
  moment,
  said,
  send,
  settle,
  start,
} from "./harness.ts";

/** The whole check, part by part. */
export async function violationsIn(store: Store): Promise<Violation[]> {
  const violations: Violation[] = [];
  let place: CheckPlace | undefined;
  do {
    const part = await store.checkSome(place);
    violations.push(...part.violations);
    place = part.next;
  } while (place);
  return violations;
}

const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

export const tallyCases: Cases = {
  "the queues tell how much waits, of whom, and since when, over a restart too": async (opened) => {
    const { store } = opened;
    await store.addChannel(channel({ id: "other", naturalId: "2" }));
    await store.addEndpoint(endpoint());
    const first = await send(store, { at: start + 1 });
    await send(store, { to: "+2", at: start + 2 });
    await store.beginCall(first.calls[0]!, moment(start + 3));
    await store.storePayloads("other", ["{}", "{}"], start + 4);
    await store.addEvent({ type: "channel.connected", timestamp: new Date(start + 5).toISOString() });
    const told = async (from: Store) => {
      const { channels, endpoints } = await from.queues();
      return { channels: Object.fromEntries(channels), endpoints: Object.fromEntries(endpoints) };
    };
    const before = await told(store);
    assert.deepEqual(before.channels, {
      [channelId]: { calls: { queued: 1, sending: 1 }, payloads: { waiting: 0 }, oldestCallAt: start + 1 },
      other: { calls: {}, payloads: { waiting: 2, oldestAt: start + 4 } },
    });
    assert.equal(before.endpoints["endpoint-1"]!.waiting, 1);
    assert.ok(before.endpoints["endpoint-1"]!.oldestAt !== undefined);
    assert.deepEqual(await told(await opened.reopen()), before);
  },

  "what ended, was told and was taken away is counted as that, and the check finds nothing": async ({
    store,
  }) => {
    await store.addEndpoint(endpoint());
    for (let index = 0; index < 30; index++) {
      const { id, calls } = await send(store, { to: `+${index}`, calls: 2, at: start + index });
      if (index % 3 === 0) await settle(store, calls[0]!, accepted(`p${index}`));
      if (index % 3 === 1) await store.cancelMessage(id, start + 100);
    }
    const { calls } = await store.counts();
    assert.deepEqual(calls, { accepted: 10, queued: 30, cancelled: 20 });
    assert.deepEqual(await violationsIn(store), []);
    await store.removeChannel(channelId, start + 200);
    assert.deepEqual(await violationsIn(store), []);
    assert.deepEqual(Object.fromEntries((await store.queues()).channels), {});
  },

  "a delivery is part of the trace that its message was accepted under, or of what brought it": async ({
    store,
  }) => {
    await store.addEndpoint(endpoint());
    const sent = await send(store, { trace });
    await settle(store, sent.calls[0]!, accepted("p1"));
    await store.storeWebhook(channelId, "{}", start, { trace: trace.replace("-01", "-00") });
    await digest(store, [said("m1")]);
    const { rows } = await store.deliveries({ limit: 10 });
    const traces = await Promise.all(rows.map((row) => store.traceOf(row)));
    const types = rows.map(({ eventType }, index) => [eventType, traces[index]]);
    assert.deepEqual(types, [
      ["message.received", trace.replace("-01", "-00")],
      ["message.sent", trace],
    ]);
    assert.equal(await store.traceOf({ eventId: "evt_none" }), undefined);
  },
};
