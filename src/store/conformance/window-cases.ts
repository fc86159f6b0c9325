import assert from "node:assert/strict";
import type { PlatformEvent } from "../../core/platform.ts";
import {
  accepted,
  type Cases,
  channel,
  channelId,
  digest,
  eventsOf,
  hourMs,
  said,
  send,
  settle,
  start,
} from "./harness.ts";

const chat = { id: "1", type: "private" } as const;
const sender = { aliases: ["1"] };
const iso = (time: number) => new Date(time).toISOString();

/** Until when a contact may be written to: what opens that time anew, and what is told of it. */
export const windowCases: Cases = {
  "the window is open for its hour after a contact's message, and platforms without one have none": async ({
    store,
  }) => {
    await store.addChannel(channel({ id: "telegram", platform: "telegram" }));
    await digest(store, [said("a", { at: start })], { at: start + hourMs - 1 });
    await digest(store, [said("a")], { channelId: "telegram" });
    const { calls } = await send(store, { aliases: ["1"] });
    await settle(store, calls[0] ?? "", accepted("p1"), { at: start + hourMs });
    const windows = (await eventsOf(store)).map((event) => event.conversation?.window);
    assert.deepEqual(windows, [
      { state: "open", closes_at: iso(start + hourMs) },
      { state: "none" },
      { state: "closed", closes_at: "2026-01-01T01:00:00.000Z" },
    ]);
  },

  "a reaction opens the window where the platform counts it, and never sets it back": async ({ store }) => {
    const reaction = (at: number, renewsWindow?: true): PlatformEvent => ({
      kind: "reaction",
      dedupeKey: `rx ${at}`,
      chat,
      sender,
      at,
      platformId: `rx ${at}`,
      target: "p1",
      emoji: "👍",
      ...(renewsWindow && { renewsWindow }),
    });
    const lastInboundAt = async () =>
      (await store.findConversation(channelId, chat, sender.aliases))?.lastInboundAt;
    await digest(store, [reaction(start + 1)]);
    assert.equal(await lastInboundAt(), undefined);
    await digest(store, [reaction(start + 3, true), reaction(start + 2, true)]);
    assert.equal(await lastInboundAt(), start + 3);
    const { conversation } = (await eventsOf(store)).at(-1) ?? {};
    assert.deepEqual(conversation?.window, { state: "open", closes_at: iso(start + 3 + hourMs) });
  },
};
