import assert from "node:assert/strict";
import type { ConversationFilter } from "../reading.ts";
import type { Store } from "../store.ts";
import { type Cases, channel, channelId, digest, said, send } from "./harness.ts";

type Wish = Omit<ConversationFilter, "limit" | "after">;

/** The chats of all pages, one conversation a page. */
async function chatsOf(store: Store, wish: Wish): Promise<string[]> {
  const chats: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.conversations({ ...wish, limit: 1, after });
    chats.push(...page.rows.map(({ chat }) => chat.id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return chats;
}

const activity = { order: "activity" } as const;

/** How an operator finds a conversation. */
export const conversationListCases: Cases = {
  "conversations are listed by their newest message, either way, or by when they began": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
    for (const to of ["a", "b", "c"])
      await send(store, { to, channelId: to === "b" ? "channel-2" : channelId });
    assert.deepEqual(await chatsOf(store, activity), ["c", "b", "a"]);
    await digest(store, [said("in", { chat: { id: "a", type: "private" }, sender: { aliases: ["a"] } })]);
    assert.deepEqual(await chatsOf(store, activity), ["a", "c", "b"]);
    const again = await send(store, { to: "b", channelId: "channel-2" });
    assert.deepEqual(await chatsOf(store, activity), ["b", "a", "c"]);
    assert.deepEqual(await chatsOf(store, {}), ["c", "b", "a"]);
    assert.deepEqual(await chatsOf(store, { ...activity, channelIds: [channelId] }), ["a", "c"]);
    assert.deepEqual(await chatsOf(store, { ...activity, channelIds: [channelId, "channel-2"] }), [
      "b",
      "a",
      "c",
    ]);
    const [first] = (await store.conversations({ ...activity, limit: 1 })).rows;
    assert.equal(first?.lastMessage?.id, again.id);
    assert.equal((await store.conversation(again.conversationId))?.lastMessage?.id, again.id);
  },

  "two conversations that become one are listed once, at their newest message": async ({ store }) => {
    await send(store, { to: "a", aliases: ["a"] });
    const late = await send(store, { to: "b", aliases: ["b"] });
    await send(store, { to: "c", aliases: ["c"] });
    await send(store, { to: "a", aliases: ["a"] });
    const newest = await send(store, { to: "b", aliases: ["b"] });
    assert.deepEqual(await chatsOf(store, activity), ["b", "a", "c"]);
    await digest(store, [
      said("in", { chat: { id: "a", type: "private" }, sender: { aliases: ["a", "b"] } }),
    ]);
    assert.deepEqual(await chatsOf(store, activity), ["a", "c"]);
    assert.equal((await store.conversation(late.conversationId))?.chat.id, "a");
    assert.equal(
      (await store.messages({ limit: 2, conversationId: late.conversationId })).rows[1]?.id,
      newest.id,
    );
  },

  "a conversation is found by name, username or any address, in any case": async ({ store }) => {
    const person = { aliases: ["4915112345", "wa/7"], name: "Zoë Ångström", username: "zoe_a" };
    await digest(store, [said("in", { chat: { id: "4915112345", type: "private" }, sender: person })]);
    for (const to of ["+2", "+3", "+4"]) await send(store, { to });
    for (const text of ["zoë", "ÅNGSTRÖM", "zoe_A", "5112", "WA/7"])
      for (const order of ["created", "activity"] as const)
        assert.deepEqual(await chatsOf(store, { text, order }), ["4915112345"], text);
    assert.deepEqual(await chatsOf(store, { text: "nobody" }), []);
    assert.deepEqual(await chatsOf(store, { text: "zoë", channelIds: ["channel-2"] }), []);
  },
};
