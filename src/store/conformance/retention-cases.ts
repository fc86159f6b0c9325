import assert from "node:assert/strict";
import type { AgedPlace, Ages } from "../retaining.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  contactOf,
  digest,
  endpoint,
  eventsOf,
  moment,
  receipt,
  said,
  send,
  settle,
  start,
  statusOf,
  steadyOf,
} from "./harness.ts";

const dayMs = 86_400_000;
/** Everything of these tests is told around `start`. */
const later = start + 40 * dayMs;
const content: Ages = { at: later, contentBefore: later - 30 * dayMs };
const records: Ages = { ...content, recordsBefore: later - 35 * dayMs, seenBefore: later - 35 * dayMs };

/** Whole rounds, of the channel and of what is shared. */
async function drop(store: Store, ages: Ages): Promise<number> {
  let dropped = 0;
  const rounds = [
    (from?: AgedPlace) => store.dropAged(channelId, ages, from),
    (from?: AgedPlace) => store.dropAgedShared(ages, steadyOf(ages.at), from),
  ];
  for (const round of rounds) {
    let from: AgedPlace | undefined;
    do {
      const part = await round(from);
      dropped += part.dropped;
      from = part.next;
    } while (from);
  }
  return dropped;
}

const choices = [
  { key: "k", reply: { type: "button_reply" as const, button_reply: { id: "yes", title: "CANARY" } } },
];

async function sent(store: Store, platformId: string) {
  const made = await send(store, { content: { text: { body: "CANARY" } }, choices });
  await settle(store, made.calls[0]!, accepted(platformId));
  return made.id;
}

export const retentionCases: Cases = {
  "old content goes from messages, calls, events, webhooks and endpoints' answers; ids, states and times stay":
    async ({ store, holds }) => {
      await store.addEndpoint(endpoint());
      const id = await sent(store, "out/1");
      await store.storePayloads(channelId, ['{"text":"CANARY"}'], start);
      const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
      const event = said("in/1", { content: { type: "text", text: { body: "CANARY" } } });
      const events = [{ event, report: true }];
      await store.digest({ payloadId: payload!.id, ...moment(start + 10), events, unknown: [] });
      for (const { id: delivery } of await store.deliveriesInTurn({
        endpointId: "endpoint-1",
        after: 0,
        limit: 9,
      }))
        await store.recordAttempt(
          delivery,
          { at: start, latencyMs: 1, answer: "CANARY" },
          { state: "delivered" },
          4,
        );
      assert.ok(await holds("CANARY"));
      assert.ok((await drop(store, content)) > 0);
      for (let from: number | undefined = await store.overwriteUnused(); from !== undefined; )
        from = await store.overwriteUnused(from);
      assert.equal(await holds("CANARY"), false);
      const detail = (await store.message(id))!;
      assert.deepEqual(
        [detail.message.content, detail.message.erasedAt, detail.message.address, detail.message.platformIds],
        [{ type: "erased" }, later, "+1", ["out/1"]],
      );
      assert.equal(detail.calls[0]?.isDamaged, undefined);
      assert.equal(detail.history.length, 3);
      assert.equal(await store.posted({ payloadId: payload!.id }), undefined, "there is nothing to tell raw");
      assert.equal((await eventsOf(store)).length, 2);
      assert.equal(await drop(store, content), 0, "nothing is left to take");
    },

  "an old message still finds its receipts, its answers and the ids that it offered": async ({ store }) => {
    const id = await sent(store, "out/1");
    await drop(store, content);
    await digest(store, [receipt("out/1", "read")], { at: later });
    assert.equal(await statusOf(store, id), "read");
    const found = await store.messageByPlatformId(channelId, "out/1");
    assert.equal(found?.id, id);
    const offered = [{ key: "k", reply: { type: "button_reply", button_reply: { id: "yes", title: "" } } }];
    assert.deepEqual(found?.choices, offered);
  },

  "what waits, is under way, is not delivered or not read keeps its content however old it is": async ({
    store,
  }) => {
    await store.addEndpoint(endpoint());
    const queued = await send(store);
    const sending = await send(store, { to: "+2" });
    await store.beginCall(sending.calls[0]!, moment(start));
    const unknown = await send(store, { to: "+3" });
    const problem = { code: "unanswered", message: "m" };
    await settle(store, unknown.calls[0]!, { kind: "unknown", problem });
    await store.storePayloads(channelId, ["{}"], start);
    await drop(store, records);
    for (const { id } of [queued, sending])
      assert.deepEqual((await store.message(id))?.message.content, { text: { body: "hello" } });
    assert.equal(await store.message(unknown.id), undefined, "a person has had the time of the records");
    assert.equal((await store.undigested(channelId, { limit: 9, maxBytes: 99 })).length, 1);
    const [event] = await eventsOf(store);
    assert.equal(event?.type, "message.unknown");
    assert.ok(event.conversation?.contact, "it is still to be told");
  },

  "old records go whole, and with the last of a conversation who was in it; a younger neighbour stays":
    async ({ store }) => {
      const id = await sent(store, "out/1");
      await digest(store, [said("in/1")], { at: start });
      await digest(
        store,
        [said("in/2", { sender: { aliases: ["2"] }, chat: { id: "2", type: "private" }, at: later })],
        {
          at: later,
        },
      );
      assert.ok(await contactOf(store, "+1"));
      await drop(store, records);
      assert.equal(await store.message(id), undefined);
      assert.equal(await store.messageByPlatformId(channelId, "out/1"), undefined);
      assert.equal(await contactOf(store, "+1"), undefined);
      assert.ok(await contactOf(store, "2"));
      assert.deepEqual(
        (await eventsOf(store)).map(({ type }) => type),
        ["message.received"],
      );
      await digest(store, [said("in/2", { sender: { aliases: ["2"] } })], { at: later });
      assert.equal((await eventsOf(store)).length, 1, "what was told lately is known");
    },

  "a channel's own days are kept with it": async ({ store }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "2", retention: { contentDays: 3 } }));
    await store.updateChannel(channelId, { retention: { recordsDays: 0 } });
    assert.deepEqual(await store.retentions(), [
      { channelId, retention: { recordsDays: 0 } },
      { channelId: "channel-2", retention: { contentDays: 3 } },
    ]);
  },
};
