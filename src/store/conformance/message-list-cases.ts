import assert from "node:assert/strict";
import type { Content } from "../../core/message.ts";
import type { MessageFilter } from "../reading.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  contactOf,
  digest,
  hourMs,
  said,
  send,
  settle,
  start,
} from "./harness.ts";

const list: Content = {
  interactive: {
    type: "list",
    body: { text: "What would you like?" },
    action: { button: "View", sections: [{ rows: [{ id: "MARGHERITA", title: "Pizza Margherita" }] }] },
  },
};

type Wish = Omit<MessageFilter, "limit" | "after">;

/** Ids of all that fits, read two at a time to the end, however short the pages are. */
async function idsOf(store: Store, wish: Wish = {}, limit = 2): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.messages({ ...wish, limit, after });
    assert.ok(page.rows.length <= limit);
    ids.push(...page.rows.map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return ids;
}

const platformIdsOf = async (store: Store, wish: Wish = {}) =>
  (await store.messages({ ...wish, limit: 200 })).rows.map(({ platformIds }) => platformIds[0]);

const hours = (count: number) => start + count * hourMs;

/** What a person finds messages by. */
export const messageListCases: Cases = {
  "messages are listed by what they are: interactive ones by their own type, whatever becomes of them":
    async ({ store }) => {
      const { id } = await send(store, { content: list });
      const text = await send(store, {});
      const reply = { type: "list_reply", list_reply: { id: "MARGHERITA", title: "Pizza Margherita" } };
      await digest(store, [
        said("picked", { content: { type: "interactive", interactive: reply } }),
        said("sticker", { content: { type: "sticker", sticker: { id: "s" } } }),
      ]);
      assert.deepEqual(await idsOf(store, { kind: "list" }), [id]);
      assert.deepEqual(await idsOf(store, { kind: "text" }), [text.id]);
      assert.deepEqual(await platformIdsOf(store, { kind: "list_reply" }), ["picked"]);
      assert.deepEqual(await idsOf(store, { kind: "interactive" }), []);
      const place = { chat: { id: "1", type: "private" as const }, sender: { aliases: ["1"] } };
      const content = { type: "text", text: { body: "no sticker" } };
      await digest(store, [
        { kind: "edited", dedupeKey: "e", platformId: "sticker", content, at: hours(1), ...place },
        { kind: "deleted", dedupeKey: "d", platformId: "picked", at: hours(1), ...place },
      ]);
      assert.deepEqual(await platformIdsOf(store, { kind: "text" }), ["sticker", undefined]);
      assert.deepEqual(await platformIdsOf(store, { kind: "deleted" }), ["picked"]);
      for (const kind of ["sticker", "list_reply"]) assert.deepEqual(await idsOf(store, { kind }), [], kind);
    },

  "messages are listed by their own time, newest first, in whatever order they came": async ({ store }) => {
    for (const hour of [5, 1, 3, 2, 4])
      await digest(store, [
        said(`at ${hour}`, { at: hours(hour) }),
        said(`also at ${hour}`, { at: hours(hour) }),
      ]);
    const wish = { since: hours(2), until: hours(5) };
    assert.deepEqual(
      await platformIdsOf(store, wish),
      [4, 3, 2].flatMap((hour) => [`also at ${hour}`, `at ${hour}`]),
    );
    assert.deepEqual(await idsOf(store, wish, 1), await idsOf(store, wish, 200), "page by page the same");
    assert.equal((await idsOf(store, { since: hours(5) })).length, 2);
    assert.deepEqual(await platformIdsOf(store, { until: hours(2) }), ["also at 1", "at 1"]);
  },

  "messages are listed by the person, by contact or by any of their addresses, both ways": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
    const sent = await send(store, { to: "+1", aliases: ["1", "one"] });
    await send(store, { to: "+2", aliases: ["2"] });
    await digest(store, [said("in")]);
    const elsewhere = await send(store, { to: "+1", aliases: ["one"], channelId: "channel-2" });
    const contact = await contactOf(store, "1");
    const own = await idsOf(store, { contact: contact?.id });
    assert.equal(own.length, 2);
    assert.equal(own[1], sent.id);
    assert.deepEqual(await idsOf(store, { contact: "one" }), [elsewhere.id, ...own]);
    assert.deepEqual(await idsOf(store, { contact: "one", channelIds: [channelId] }), own);
    assert.deepEqual(await idsOf(store, { contact: "nobody" }), []);
    const [first] = (await store.messages({ limit: 1, contact: contact?.id })).rows;
    assert.equal(first?.contact?.id, contact?.id);
    assert.equal((await store.message(sent.id))?.message.contact?.id, contact?.id);
  },

  "messages are found by any text in them, sent or received, in any case, and no more once it is erased":
    async ({ store }) => {
      const { id } = await send(store, { content: list });
      await send(store, {});
      await digest(store, [said("in", { content: { type: "text", text: { body: "A PIZZA, please" } } })]);
      assert.deepEqual(await platformIdsOf(store, { text: "pizza" }), ["in", undefined]);
      assert.deepEqual(await idsOf(store, { text: "margherita" }), [id]);
      assert.deepEqual(await idsOf(store, { text: "pizza", direction: "out" }), [id]);
      assert.deepEqual(await idsOf(store, { text: "%" }), [], "no sign has a meaning of its own");
      const contact = await contactOf(store, "1");
      await store.beginErasure(contact!.id, start);
      while ((await store.eraseSome(contact!.id, start)) !== "gone");
      assert.deepEqual(await idsOf(store, { text: "please" }), []);
      assert.deepEqual(await idsOf(store, { kind: "erased" }), (await idsOf(store)).slice(0, 1));
    },

  "filters hold together, and every page goes on where the last one ended, also where little fits": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
    const wanted: string[] = [];
    for (let turn = 0; turn < 12; turn++) {
      const foreign = turn % 2 === 0;
      const sent = await send(store, {
        channelId: foreign ? "channel-2" : channelId,
        content: turn % 3 === 0 ? list : { text: { body: `hello ${turn}` } },
        at: hours(turn),
      });
      if (turn < 6) await settle(store, sent.calls[0]!, accepted(`out/${turn}`));
      if (!foreign && turn % 3 === 0 && turn < 6) wanted.unshift(sent.id);
    }
    const wish = { channelIds: [channelId], kind: "list", status: "sent" };
    assert.deepEqual(await idsOf(store, wish, 1), wanted);
    const more: Wish[] = [
      { ...wish, text: "would" },
      { ...wish, since: hours(1), until: hours(11) },
      { ...wish, contact: "+1" },
      { channelIds: [channelId, "nobody's"], kind: "list", status: "sent", direction: "out" },
    ];
    for (const one of more) assert.deepEqual(await idsOf(store, one, 1), wanted, JSON.stringify(one));
    assert.deepEqual(await idsOf(store, { ...wish, direction: "in" }), []);
    const rare = { status: "accepted", since: hours(6), until: hours(9) };
    assert.equal((await idsOf(store, rare, 1)).length, 3);
    assert.deepEqual(await idsOf(store, { channelIds: [] }), [], "of no channel there is nothing");
    await assert.rejects(store.messages({ limit: 1, after: "no cursor" }), { code: "invalid_request" });
  },

  "a cursor is good for the order that gave it: with a time it is refused where it came without one, and the other way":
    async ({ store }) => {
      for (const hour of [1, 3, 2]) await digest(store, [said(`at ${hour}`, { at: hours(hour) })]);
      const timed = { since: hours(1), until: hours(4) };
      const [plain, byTime] = [
        await store.messages({ limit: 1 }),
        await store.messages({ ...timed, limit: 1 }),
      ];
      const refused = { code: "invalid_request", message: /in another order/ };
      await assert.rejects(store.messages({ ...timed, limit: 1, after: plain.next! }), refused);
      await assert.rejects(store.messages({ limit: 1, after: byTime.next! }), refused);
      await assert.rejects(
        store.conversations({ limit: 1, order: "activity", after: byTime.next! }),
        refused,
      );
      const [next] = (await store.messages({ ...timed, limit: 1, after: byTime.next! })).rows;
      assert.deepEqual(next?.platformIds, ["at 2"]);
    },

  "the calls of several messages are read at once, each in order": async ({ store }) => {
    const [one, two] = [await send(store, { calls: 2 }), await send(store, { to: "+2" })];
    await digest(store, [said("in")]);
    const [received] = (await store.messages({ limit: 1 })).rows;
    const calls = await store.callsOf([two.id, one.id, received!.id, "none"]);
    const idsBy = [...calls].map(([id, rows]) => [id, rows.map((row) => row.id)]);
    assert.deepEqual(idsBy, [
      [two.id, two.calls],
      [one.id, one.calls],
      [received!.id, []],
      ["none", []],
    ]);
  },
};
