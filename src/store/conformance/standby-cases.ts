import assert from "node:assert/strict";
import type { InboundMessage } from "../../core/event.ts";
import type { PlatformEvent } from "../../core/platform.ts";
import { accepted, type Cases, digest, eventsOf, moment, said, send, start } from "./harness.ts";

/** What a contact does while another app answers: told apart, for nobody to answer twice. */
export const standbyCases: Cases = {
  "what is said on standby is told apart, opens the window and answers no open request": async ({
    store,
  }) => {
    const interactive = {
      type: "location_request_message",
      body: { text: "Where?" },
      action: { name: "send_location" },
    } as const;
    const request = await send(store, { content: { interactive }, aliases: ["1"] });
    await store.beginCall(request.calls[0] ?? "", moment(start));
    const outcome = accepted("p1");
    await store.settleCall({ callId: request.calls[0] ?? "", startedAt: start, at: start, outcome });
    const content = { type: "location", location: { latitude: 1, longitude: 2 } };
    const event = said("s1", { content, standby: true, at: start + 3 });
    await digest(store, [
      { event, answersMessageId: request.id, report: true },
      { event, report: true },
    ]);
    const [, told, ...more] = await eventsOf(store);
    assert.deepEqual([told?.type, more], ["message.standby", []]);
    assert.equal(told?.conversation?.window.state, "open");
    assert.equal((await store.message(told?.message?.id ?? ""))?.message.status, "received");
    assert.equal((await store.openLocationRequest(request.conversationId))?.id, request.id);
  },

  "an edit and a reaction on standby are told as such, and what is taken back as deleted: all have to erase it":
    async ({ store }) => {
      const chat = { id: "1", type: "private" } as const;
      const place = { chat, sender: { aliases: ["1"] }, standby: true as const };
      const edited = { type: "text", text: { body: "second thoughts" } };
      const events: PlatformEvent[] = [
        said("s1", { standby: true }),
        { kind: "edited", dedupeKey: "e1", ...place, platformId: "s1", content: edited },
        { kind: "reaction", dedupeKey: "r1", ...place, platformId: "r1", target: "s1", emoji: "👍" },
        { kind: "deleted", dedupeKey: "d1", ...place, platformId: "s1" },
      ];
      await digest(store, events.slice(0, 2));
      const [first, second] = (await eventsOf(store)).map(({ message }) => message as InboundMessage);
      assert.deepEqual([second?.id, second?.text], [first?.id, edited.text]);
      await digest(store, events.slice(2));
      const told = await eventsOf(store);
      assert.deepEqual(
        told.map(({ type }) => type),
        ["message.standby", "message.standby", "message.standby", "message.deleted"],
      );
      const [, , reaction, deletion] = told.map(({ message }) => message as InboundMessage);
      assert.deepEqual(reaction?.reaction, { message_id: first?.id, emoji: "👍" });
      assert.deepEqual([deletion?.id, deletion?.standby], [first?.id, true]);
      assert.doesNotMatch(JSON.stringify(told), /second thoughts/);
    },
};
