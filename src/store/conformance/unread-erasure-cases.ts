import assert from "node:assert/strict";
import {
  at,
  canaries,
  chat,
  erase,
  heard,
  left,
  number,
  person,
  plant,
  take,
  wamid,
} from "./contact-erasure-cases.ts";
import { type Cases, channelId, contactOf, eventsOf, moment, receipt } from "./harness.ts";

/** What was not read yet when a contact was erased, and what platforms repeat after it. */
export const unreadErasureCases: Cases = {
  "an erasure ends when what had come before it is read, and nothing of that is kept or told": async (
    opened,
  ) => {
    const { store } = opened;
    const { contactId } = await plant(store);
    const unread = { messages: [{ from: number, id: "wamid.late", text: { body: "CANARY-late" } }] };
    await store.storeWebhook(channelId, JSON.stringify(unread), at, { signature: "sha256=1" });
    assert.equal(await erase(store, contactId), "waits");
    const told = (await eventsOf(store)).length;
    await store.storeWebhook(channelId, JSON.stringify({ from: "15550100000", text: "after" }), at);
    const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    const event = heard("wamid.late", "CANARY-late", { chat, sender: person });
    const read = { payloadId: payload?.id ?? 0, ...moment(at), unknown: [] };
    await store.digest({ ...read, events: [{ event, report: true }] });
    assert.equal((await eventsOf(store)).length, told);
    assert.equal(await contactOf(store, number), undefined);
    assert.equal(await erase(store, contactId), "gone", "what came after it is not waited for");
    assert.deepEqual(await left(opened, canaries), []);
    const [after] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    await store.digest({ payloadId: after?.id ?? 0, ...moment(at), events: [], unknown: [] });
    await take(store, unread, [event]);
    assert.equal((await eventsOf(store)).length, told, "nor when the platform repeats it");
    assert.deepEqual(await left(opened, canaries), []);
  },

  "an erasure waits for an app's payload that had come before it until its channel has read its part": async (
    opened,
  ) => {
    const { store } = opened;
    const { contactId } = await plant(store);
    const known = { id: "app", provider: "meta", appId: "9", name: "a", verifyToken: "v" } as const;
    const app = { ...known, secrets: ["s"], createdAt: at };
    await store.addApp(app);
    await store.updateChannel(channelId, { appId: app.id });
    const unread = JSON.stringify({ messaging: [{ sender: { id: number }, text: "CANARY-late" }] });
    await store.storeAppPayload(app.id, unread, at, { signature: "sha256=1" });
    assert.equal(await erase(store, contactId), "waits");
    const [whole] = await store.unrouted(app.id, { limit: 1, maxBytes: 1_000_000 });
    await store.route({
      appPayloadId: whole?.id ?? 0,
      at,
      parts: [{ channelId, body: unread }],
      unrouted: [],
    });
    assert.equal(await erase(store, contactId), "waits");
    const [part] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    const event = heard("m.late", "CANARY-late", { chat, sender: person });
    const read = { payloadId: part?.id ?? 0, ...moment(at), unknown: [] };
    await store.digest({ ...read, events: [{ event, report: true }] });
    assert.equal(await erase(store, contactId), "gone");
    assert.deepEqual(await left(opened, canaries), []);
  },

  "what a platform repeats of an erased contact is not kept, and of others it is": async (opened) => {
    const { store } = opened;
    const { contactId } = await plant(store);
    await erase(store, contactId);
    const said = { messages: [{ from: number, id: wamid(1), text: { body: "CANARY-in" } }] };
    const other = {
      messages: [{ from: "15550100000", id: "wamid.other", text: { body: "NEIGHBOUR-again" } }],
    };
    await take(store, { ...said, contacts: [{ wa_id: number, profile: { name: person.name } }] }, [
      heard(wamid(1), "CANARY-in", { chat, sender: person }),
    ]);
    const echoed = {
      recipient: { id: number },
      message: { mid: wamid(2), is_echo: true, text: "CANARY-out" },
    };
    await take(store, echoed, [receipt(wamid(2), "sent")]);
    await take(store, echoed, [{ kind: "echo", dedupeKey: "echo", platformId: wamid(2) }]);
    await take(store, other, [
      heard("wamid.other", "NEIGHBOUR-again", {
        chat: { id: "15550100000", type: "private" },
        sender: { aliases: ["15550100000"] },
      }),
    ]);
    const tapped = { from: { id: Number(number) }, data: "CANARY-tap" };
    const answer = {
      by: "reply",
      platformId: wamid(2),
      reply: { type: "button_reply", button_reply: { id: "1", title: "" } },
    };
    await store.storePayloads(channelId, [JSON.stringify(tapped)], at);
    const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
    const tap = heard("tap", "", { chat, sender: person, answer });
    const unknown = [{ path: "", reason: `answers nothing (${number})` }];
    await store.digest({
      payloadId: payload?.id ?? 0,
      ...moment(at),
      events: [{ event: tap, report: false }],
      unknown,
    });
    assert.deepEqual(await left(opened, canaries), []);
    assert.deepEqual(await left(opened, ["NEIGHBOUR-again"]), ["NEIGHBOUR-again"]);
  },
};
