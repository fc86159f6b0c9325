import assert from "node:assert/strict";
import type { InboundMessage } from "../../core/event.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  contactOf,
  digest,
  eventsOf,
  hourMs,
  moment,
  receipt,
  said,
  send,
  settle,
  start,
  typesOf,
} from "./harness.ts";

const chat = { id: "1", type: "private" } as const;
const sender = { aliases: ["1"] };
const spoken = { chat, sender };
const at = start + 10;
const iso = (time: number) => new Date(time).toISOString();

export const inboundCases: Cases = {
  "what waits is read so many at a time, or so many bytes, and the first alone however large it is": async ({
    store,
  }) => {
    const bodies = ["x".repeat(500), "aaaa", "éé", "cccc"];
    await store.storePayloads(channelId, bodies, start);
    const read = async (limit: number, maxBytes: number) =>
      (await store.undigested(channelId, { limit, maxBytes })).map(({ body }) => body);
    assert.deepEqual(await read(2, 10_000), bodies.slice(0, 2));
    assert.deepEqual(await read(9, 508), bodies.slice(0, 3));
    assert.deepEqual(await read(9, 507), bodies.slice(0, 2));
    assert.deepEqual(await read(9, 3), bodies.slice(0, 1));
  },

  "payloads wait in order of arrival until they are digested, the poll position moving with them": async (
    opened,
  ) => {
    await opened.store.storePayloads(channelId, ["a", "b"], at, 42);
    const store = await opened.reopen();
    assert.equal(await store.pollCursor(channelId), 42);
    const waiting = await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 });
    assert.deepEqual(
      waiting.map((payload) => payload.body),
      ["a", "b"],
    );
    await store.digest({
      payloadId: waiting[0]?.id ?? 0,
      ...moment(at),
      events: [],
      unknown: [{ path: "/x", reason: "?" }],
    });
    assert.deepEqual(
      (await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 })).map((payload) => payload.body),
      ["b"],
    );
    assert.deepEqual((await store.counts()).payloads, { undigested: 1, unknownParts: 1, unrouted: 0 });
  },

  "a channel's removal ends what waits to be read, also while it is read: nothing happens on it any more":
    async ({ store }) => {
      await store.storePayloads(channelId, ["a", "b"], at);
      const [underWay] = await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 });
      await store.removeChannel(channelId, at + 1);
      assert.deepEqual(await store.undigested(channelId, { limit: 10, maxBytes: 1_000_000 }), []);
      assert.deepEqual((await store.counts()).payloads, { undigested: 0, unknownParts: 2, unrouted: 0 });
      const late = { payloadId: underWay?.id ?? 0, ...moment(at + 2), unknown: [] };
      const events = [{ event: said("late"), report: true }];
      assert.deepEqual((await store.digest({ ...late, events })).fresh, []);
      assert.deepEqual(await eventsOf(store), []);
    },

  "a message received is one event with the seed's payload, who, where and when": async ({ store }) => {
    const person = { aliases: ["1", "US.a"], name: "Ana", username: "ana", language: "pt" };
    await digest(store, [said("in1", { sender: person, at: start + 3 })]);
    const [event] = await eventsOf(store);
    const contact = await contactOf(store, "US.a");
    const [stored] = (await store.messages({ limit: 1 })).rows;
    assert.deepEqual(event, {
      id: event?.id,
      type: "message.received",
      timestamp: iso(at),
      sequence: 1,
      channel: { id: channelId, platform: "whatsapp" },
      conversation: {
        id: stored?.conversationId,
        contact: { id: contact?.id, name: "Ana", username: "ana", addresses: ["1", "US.a"] },
        window: { state: "open", closes_at: iso(start + 3 + hourMs) },
      },
      message: {
        id: stored?.id,
        platform_id: "in1",
        from: "1",
        timestamp: iso(start + 3),
        type: "text",
        text: { body: "in1" },
      },
    });
    assert.deepEqual(await store.event(event?.id ?? ""), event);
    assert.deepEqual([stored?.direction, stored?.status, stored?.platformIds], ["in", "received", ["in1"]]);
    assert.equal((await store.conversation(stored?.conversationId ?? ""))?.lastInboundAt, start + 3);
    assert.equal(contact?.language, "pt");
  },

  "a reply carries the id, platform id and metadata of what it answers": async ({ store }) => {
    const { id, calls } = await send(store, { aliases: ["1"] });
    await settle(store, calls[0] ?? "", accepted("p1"));
    const content = { type: "interactive", interactive: { type: "button_reply" } };
    await digest(store, [
      { event: said("in1", { content: undefined }), content, answersMessageId: id, report: true },
    ]);
    const message = (await eventsOf(store)).at(-1)?.message as InboundMessage;
    assert.deepEqual(message.context, { id, platform_id: "p1", metadata: { order: "7" } });
    assert.deepEqual(message.interactive, { type: "button_reply" });
  },

  "a repeated webhook is one event, also after a restart": async (opened) => {
    assert.deepEqual((await digest(opened.store, [said("a"), said("b"), said("a")])).fresh, [0, 1]);
    const store = await opened.reopen();
    for (let round = 0; round < 10; round++) {
      assert.deepEqual((await digest(store, [said("b"), said("a")])).fresh, []);
    }
    assert.deepEqual(await typesOf(store), ["message.received", "message.received"]);
  },

  "an event that nothing stored can complete yet is told when it comes again and something can": async ({
    store,
  }) => {
    const vote = said("v1", { chat: undefined, content: undefined });
    assert.deepEqual((await digest(store, [{ event: vote, report: false }])).fresh, []);
    assert.deepEqual((await digest(store, [vote])).fresh, []);
    assert.deepEqual([await typesOf(store), (await store.messages({ limit: 1 })).rows], [[], []]);
    const { id } = await send(store, { aliases: ["1"] });
    const content = { type: "interactive", interactive: { type: "list_reply" } };
    const resolved = { event: vote, content, answersMessageId: id, report: true };
    assert.deepEqual((await digest(store, [resolved])).fresh, [0]);
    assert.deepEqual((await digest(store, [resolved])).fresh, []);
    assert.deepEqual(await typesOf(store), ["message.received"]);
  },

  "a vote without a chat belongs to the conversation of its poll; without that it is an unknown part":
    async ({ store }) => {
      const { id, conversationId } = await send(store, { aliases: ["1"] });
      const vote = said("v1", { chat: undefined, sender: { aliases: ["1", "@ana"] } });
      await digest(store, [{ event: vote, answersMessageId: id, report: true }]);
      const [event] = await eventsOf(store);
      assert.equal(event?.conversation?.id, conversationId);
      assert.deepEqual(event?.conversation?.contact?.addresses, ["1", "@ana"]);
      await digest(store, [said("v2", { chat: undefined }), said("v3", { content: undefined })]);
      assert.equal((await store.counts()).payloads.unknownParts, 2);
      assert.equal((await eventsOf(store)).length, 1);
    },

  "a deleted message's content is erased for good, in whatever order the news comes": async ({ store }) => {
    await digest(store, [said("in1")]);
    await digest(store, [{ kind: "deleted", dedupeKey: "d1", ...spoken, platformId: "in1" }]);
    const content = { type: "text", text: { body: "late" } };
    await digest(store, [{ kind: "edited", dedupeKey: "e1", ...spoken, platformId: "in1", content }]);
    await digest(store, [{ kind: "deleted", dedupeKey: "d2", ...spoken, platformId: "in2" }]);
    await digest(store, [said("in2")]);
    assert.deepEqual(await typesOf(store), ["message.received", "message.deleted", "message.deleted"]);
    for (const { content, status } of (await store.messages({ limit: 9 })).rows) {
      assert.deepEqual([content, status], [{ type: "deleted" }, "deleted"]);
    }
  },

  "a reaction names our message, or the platform's id of one that is not ours": async ({ store }) => {
    const { id, calls } = await send(store, { aliases: ["1"] });
    await settle(store, calls[0] ?? "", accepted("p1"));
    const reaction = { kind: "reaction", ...spoken, emoji: "👍" } as const;
    await digest(store, [
      { ...reaction, dedupeKey: "r1", platformId: "r1", target: "p1" },
      { ...reaction, dedupeKey: "r2", platformId: "r2", target: "p9" },
    ]);
    const [, ours, other] = await eventsOf(store);
    const messages = [ours, other].map((event) => event?.message as InboundMessage);
    assert.deepEqual(
      messages.map((message) => message.reaction),
      [
        { message_id: id, emoji: "👍" },
        { message_id: "p9", emoji: "👍" },
      ],
    );
    assert.deepEqual(
      messages.map((message) => message.context?.id),
      [id, undefined],
    );
  },

  "blocking is told and remembered, and so is unblocking": async ({ store }) => {
    await digest(store, [{ kind: "blocked", dedupeKey: "b1", ...spoken }]);
    assert.equal((await contactOf(store, "1"))?.blocked, true);
    await digest(store, [{ kind: "unblocked", dedupeKey: "b2", ...spoken }]);
    assert.equal((await contactOf(store, "1"))?.blocked, false);
    assert.deepEqual(await typesOf(store), ["contact.blocked", "contact.unblocked"]);
  },

  "a new name replaces the old one without an event, and an echo is nobody's message": async ({ store }) => {
    await digest(store, [said("in1", { sender: { aliases: ["1", "@ana"] } })]);
    await digest(store, [
      { kind: "renamed", dedupeKey: "n1", sender: { aliases: ["2"], name: "Ana" }, formerly: ["1"] },
      { kind: "echo", dedupeKey: "x1", platformId: "x1" },
    ]);
    assert.deepEqual(await typesOf(store), ["message.received"]);
    const contact = await contactOf(store, "2");
    assert.deepEqual([contact?.aliases, contact?.name], [["2", "@ana"], "Ana"]);
    assert.equal(await contactOf(store, "1"), undefined);
  },

  "the next owner of a number is a stranger, and its former owner still quotes what was sent to it": async ({
    store,
  }) => {
    const { id, calls, conversationId } = await send(store, { to: "+1", aliases: ["1"] });
    await settle(store, calls[0] ?? "", accepted("p1"));
    await digest(store, [
      { kind: "renamed", dedupeKey: "n1", sender: { aliases: ["2", "US.b"] }, formerly: ["1", "US.a"] },
    ]);
    await digest(store, [
      said("stranger", { sender: { aliases: ["1", "US.c"] } }),
      said("known", { sender: { aliases: ["2"] }, quotes: "p1" }),
    ]);
    const [stranger, known] = (await eventsOf(store)).slice(-2);
    assert.notEqual(stranger?.conversation?.id, conversationId);
    assert.deepEqual(stranger?.conversation?.contact?.addresses, ["1", "US.c"]);
    assert.equal(known?.conversation?.id, conversationId);
    assert.deepEqual(known?.conversation?.contact?.addresses, ["2", "US.b"]);
    assert.equal((known?.message as InboundMessage | undefined)?.context?.id, id);
  },

  "in a group the event tells the group, and the person who spoke": async ({ store }) => {
    const group = { id: "-100", type: "group" } as const;
    await digest(store, [said("a", { chat: group }), said("b", { chat: group, sender: { aliases: ["2"] } })]);
    const events = await eventsOf(store);
    assert.deepEqual(
      events.map((event) => [
        event.sequence,
        event.conversation?.chat,
        event.conversation?.contact?.addresses,
        (event.message as InboundMessage).from,
      ]),
      [
        [1, group, ["1"], "1"],
        [2, group, ["2"], "2"],
      ],
    );
  },

  "the newest location request on the screen is open until a location answers it": async ({ store }) => {
    const interactive = {
      type: "location_request_message",
      body: { text: "Where?" },
      action: { name: "send_location" },
    } as const;
    const ask = () => send(store, { content: { interactive }, aliases: ["1"] });
    const [first, second, queued] = [await ask(), await ask(), await ask()];
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    await settle(store, second.calls[0] ?? "", accepted("p2"));
    const open = async () => (await store.openLocationRequest(queued.conversationId))?.id;
    assert.equal(await open(), second.id);
    const content = { type: "location", location: { latitude: 1, longitude: 2 } };
    await digest(store, [{ event: said("l1", { content }), answersMessageId: second.id, report: true }]);
    assert.equal(await open(), first.id);
    await digest(store, [{ event: said("l2", { content }), answersMessageId: first.id, report: true }]);
    assert.equal(await open(), undefined);
  },

  "a message is found by its token": async ({ store }) => {
    const { id } = await send(store, { token: "tok" });
    assert.equal((await store.messageByToken(channelId, "tok"))?.id, id);
    assert.equal(await store.messageByToken("channel-2", "tok"), undefined);
  },

  "a message is found by its token also when its account was removed and connected anew": async ({
    store,
  }) => {
    const { id } = await send(store, { token: "tok" });
    await store.removeChannel(channelId, start + 1);
    await store.addChannel(channel({ id: "channel-2" }));
    await store.addChannel(channel({ id: "channel-3", naturalId: "1003" }));
    await store.addChannel(channel({ id: "channel-4", platform: "telegram" }));
    assert.equal((await store.messageByToken("channel-2", "tok"))?.id, id);
    assert.equal(await store.messageByToken("channel-3", "tok"), undefined);
    assert.equal(await store.messageByToken("channel-4", "tok"), undefined);
  },

  "a batch counts on where the conversation was, without gaps": async ({ store }) => {
    const { calls } = await send(store, { aliases: ["1"] });
    await settle(store, calls[0] ?? "", accepted("p1"));
    await digest(store, [said("a"), receipt("p1", "delivered"), said("b"), said("a")]);
    const sequences = (await eventsOf(store)).map((event) => event.sequence);
    assert.deepEqual(sequences, [1, 2, 3, 4]);
  },
};
