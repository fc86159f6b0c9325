import assert from "node:assert/strict";
import type { Event } from "../../core/event.ts";
import type { Page } from "../paging.ts";
import type { Store } from "../store.ts";
import { type Cases, channel, channelId, digest, endpoint, eventsOf, said, send, start } from "./harness.ts";

const own = ["channel-1", "channel-3"];
const timestamp = new Date(start).toISOString();

/** Three channels; what is said on them comes by turns: a1 b1 c1 a2 b2 c2 a3 b3 c3. */
async function spoken(store: Store): Promise<void> {
  await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
  await store.addChannel(channel({ id: "channel-3", naturalId: "1003" }));
  for (const turn of [1, 2, 3])
    for (const [name, id] of [
      ["a", channelId],
      ["b", "channel-2"],
      ["c", "channel-3"],
    ] as const)
      await digest(store, [said(`${name}${turn}`)], { channelId: id });
}

/** All pages of a list, two rows at a time. */
async function pages<Row>(
  read: (page: { limit: number; after?: string }) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: string | undefined;
  do {
    const page = await read({ limit: 2, after });
    assert.ok(page.rows.length === 2 || page.next === null, "only the last page is short");
    rows.push(...page.rows);
    after = page.next ?? undefined;
  } while (after !== undefined);
  return rows;
}

/** Of all messages of these channels, page by page. */
async function platformIds(store: Store, channelIds: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.messages({ limit: 50, channelIds, after });
    ids.push(...page.rows.flatMap((row) => row.platformIds));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return ids;
}

const bodyOf = (of: { text?: unknown }) => (of.text as { body: string }).body;

/** What a caller sees who is limited to some channels. */
export const limitedListCases: Cases = {
  "events and messages of several channels are paged as one list, newest first, without those of others":
    async ({ store }) => {
      await spoken(store);
      const wanted = ["c3", "a3", "c2", "a2", "c1", "a1"];
      const events = await pages((page) => store.events({ ...page, channelIds: own }));
      assert.deepEqual(
        events.map(({ event }) => bodyOf(event.message as { text?: unknown })),
        wanted,
      );
      const messages = await pages((page) => store.messages({ ...page, channelIds: own, direction: "in" }));
      assert.deepEqual(
        messages.map(({ content }) => bodyOf(content as { text?: unknown })),
        wanted,
      );
      const reversed = await store.messages({ limit: 9, channelIds: [...own].reverse() });
      assert.deepEqual(reversed.rows, messages, "in whatever order they are named");
      for (const channelIds of [[], ["nobody's"]])
        assert.deepEqual((await store.events({ limit: 9, channelIds })).rows, [], "of none there is nothing");
    },

  "a page of very many channels looks at no more messages than any other, and all pages together are whole":
    async ({ store }) => {
      const channelIds = Array.from({ length: 30 }, (_, index) => `many-${index}`);
      const facts = (index: number) =>
        Array.from({ length: 20 }, (_, turn) =>
          said(`${index}-${turn}`, { chat: { id: `${index}`, type: "private" } }),
        );
      for (const [index, id] of channelIds.entries()) {
        await store.addChannel(channel({ id, naturalId: id }));
        await digest(store, facts(index), { channelId: id });
      }
      await digest(store, [said("foreign")]);
      const wish = { channelIds, text: "no such words", limit: 200 };
      const first = await store.messages(wish);
      assert.deepEqual(first.rows, []);
      assert.notEqual(first.next, null, "600 messages are more than one page reads");
      const found = await platformIds(store, channelIds);
      assert.deepEqual([found.length, new Set(found).size, found.includes("foreign")], [600, 600, false]);
      const conversations = await pages((page) => store.conversations({ ...page, channelIds }));
      assert.equal(conversations.length, 30);
      assert.ok(conversations.every(({ channelId: id }) => channelIds.includes(id)));
    },

  "the stream of several channels tells their events alone, oldest first, however few are wanted": async ({
    store,
  }) => {
    await spoken(store);
    for (const limit of [1, 2, 100]) {
      const told: string[] = [];
      for (let after = 0; ; ) {
        const rows = await store.eventsAfter(after, limit, own);
        told.push(...rows.map(({ event }) => bodyOf(event.message as { text?: unknown })));
        after = rows.at(-1)?.position ?? after;
        if (rows.length < limit) break;
      }
      assert.deepEqual(told, ["a1", "c1", "a2", "c2", "a3", "c3"], `${limit} at a time`);
    }
  },

  "conversations and contacts of several channels are paged as one list, without those of others": async ({
    store,
  }) => {
    await spoken(store);
    for (const id of [channelId, "channel-2", "channel-3"])
      await send(store, { channelId: id, to: "+2", aliases: ["+2"] });
    const conversations = await pages((page) => store.conversations({ ...page, channelIds: own }));
    assert.deepEqual(
      conversations.map((row) => [row.channelId, row.chat.id]),
      [
        ["channel-3", "+2"],
        ["channel-1", "+2"],
        ["channel-3", "1"],
        ["channel-1", "1"],
      ],
    );
    const contacts = await pages((page) => store.contacts({ ...page, channelIds: own }));
    assert.deepEqual(
      contacts,
      conversations.map((row) => row.contact),
    );
  },

  "deliveries to some endpoints are paged as one list, without those of what concerns other channels":
    async ({ store }) => {
      for (const id of ["one", "two", "foreign"]) await store.addEndpoint(endpoint({ id }));
      await spoken(store);
      await store.addEvent({ type: "endpoint.test", timestamp }, { endpointId: "two" });
      await store.addEvent({
        type: "channel.paused",
        timestamp,
        channel: { id: "channel-2", platform: "whatsapp" },
      });
      const among = { endpointIds: ["two", "one"], channelIds: own };
      const rows = await pages((page) => store.deliveries({ ...page, among }));
      const events = new Map((await eventsOf(store)).map((event) => [event.id, event]));
      const told = rows.map(({ endpointId, eventId }) => `${endpointId} ${nameOf(events.get(eventId)!)}`);
      assert.equal(told[0], "two endpoint.test");
      const wanted = own.flatMap((id) =>
        ["one", "two"].flatMap((to) => [1, 2, 3].map((n) => `${to} ${id[8]}${n}`)),
      );
      assert.deepEqual(
        new Set(told.slice(1)),
        new Set(wanted.map((one) => one.replace(" 1", " a").replace(" 3", " c"))),
      );
      assert.equal(told.length, 1 + wanted.length);
      assert.deepEqual((await store.deliveries({ limit: 9, among, endpointId: "foreign" })).rows, []);
      assert.equal((await store.deliveries({ limit: 9, among, endpointId: "one" })).rows.length, 6);
      const foreign = (await eventsOf(store)).find((event) => event.channel?.id === "channel-2");
      assert.deepEqual((await store.deliveries({ limit: 9, among, eventId: foreign?.id })).rows, []);
    },

  "what was posted to an app, and goes on whole, is there for those alone who may see each of its parts":
    async ({ store }) => {
      await spoken(store);
      const raw = { format: "raw" as const, channels: [] };
      for (const id of ["one", "foreign"]) await store.addEndpoint(endpoint({ id, ...raw }));
      await store.addApp({
        id: "app-1",
        provider: "meta",
        appId: "2001",
        name: "App",
        secrets: ["s"],
        verifyToken: "v",
        createdAt: start,
      });
      const refused = { path: "/entry/1", reason: "nobody's", kind: "unknown" as const };
      for (const [channels, unrouted] of [
        [own, []],
        [["channel-1", "channel-2"], []],
        [["channel-1"], [refused]],
        [[], [refused]],
      ] as const) {
        await store.storeAppPayload("app-1", "{}", start);
        const [waits] = await store.unrouted("app-1", { limit: 1, maxBytes: 1_000 });
        const parts = channels.map((id) => ({ channelId: id, body: "{}" }));
        await store.route({ appPayloadId: waits!.id, at: start, parts, unrouted: [...unrouted] });
      }
      const wholes = (await store.deliveries({ limit: 99, endpointId: "one" })).rows.filter(
        ({ payload }) => payload && "appPayloadId" in payload,
      );
      assert.equal(wholes.length, 3);
      const among = { endpointIds: ["one"], channelIds: own };
      const listed = (await store.deliveries({ limit: 99, among })).rows.map(({ id }) => id);
      const seen = wholes.filter(({ id }) => listed.includes(id));
      assert.deepEqual(
        seen.map(({ payload }) => payload),
        [{ appPayloadId: 1 }],
      );
      for (const { id } of wholes)
        assert.equal((await store.delivery(id, among))?.id, seen.find((one) => one.id === id)?.id);
      const elsewhere = { ...among, endpointIds: ["foreign"] };
      assert.equal(await store.delivery(seen[0]!.id, elsewhere), undefined);
    },

  "how an endpoint fares is told, and told again, to those alone that get all that it gets": async ({
    store,
  }) => {
    const channels: Record<string, string[]> = {
      failing: own,
      all: [],
      wider: [...own, "channel-2"],
      same: own,
      narrower: [channelId],
      other: ["channel-2"],
    };
    for (const [id, list] of Object.entries(channels))
      await store.addEndpoint(endpoint({ id, channels: list }));
    const report = { id: "failing", since: timestamp, last_error: "timeout", pending: 1 };
    await store.reportEndpoint("failing", {}, { type: "endpoint.failing", timestamp, endpoint: report });
    const { rows } = await store.deliveries({ limit: 9 });
    const wanted = new Set(["all", "wider", "same"]);
    assert.deepEqual(new Set(rows.map(({ endpointId }) => endpointId)), wanted);
    for (const id of Object.keys(channels)) {
      const scan = { endpointId: id, wish: { since: start }, after: 0 };
      assert.equal((await store.countReplay(scan)).fitting, wanted.has(id) ? 1 : 0, id);
    }
  },
};

function nameOf({ type, message }: Event): string {
  return message ? bodyOf(message as { text?: unknown }) : type;
}
