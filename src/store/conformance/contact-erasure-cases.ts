import assert from "node:assert/strict";
import type { PlatformEvent } from "../../core/platform.ts";
import type { ContactRecord } from "../erasing.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  contactOf,
  endpoint,
  eventsOf,
  hourMs,
  moment,
  type Opened,
  receipt,
  reportIn,
  said,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  watermark,
} from "./harness.ts";

export const at = start + 10;
export const number = "15550107777";
export const person = { aliases: [number], name: "Canary Ção ✓", username: "canary_user" };
export const chat = { id: number, type: "private" as const };
const group = { id: "-1009", type: "group" as const };
export const wamid = (index: number) => `wamid.HBgL${number}-${index}`;

export async function take(store: Store, body: unknown, events: PlatformEvent[]): Promise<void> {
  await store.storePayloads(channelId, [typeof body === "string" ? body : JSON.stringify(body)], at);
  const [payload] = await store.undigested(channelId, { limit: 1, maxBytes: 1_000_000 });
  const digested = events.map((event) => ({ event, report: true }));
  await store.digest({ payloadId: payload?.id ?? 0, ...moment(at), events: digested, unknown: [] });
}

export const heard = (platformId: string, text: string, more: object = {}) =>
  said(platformId, { content: { type: "text", text: { body: text } }, ...more });

/** Until nothing is left of a contact; `waits` ends it too. */
export async function erase(store: Store, contactId: string): Promise<"gone" | "waits"> {
  await store.beginErasure(contactId, at);
  for (;;) {
    const reached = await store.eraseSome(contactId, at);
    if (reached === "waits") return "waits";
    if (reached === "gone") break;
  }
  for (let from: number | undefined = await store.overwriteUnused(); from !== undefined; )
    from = await store.overwriteUnused(from);
  await store.endErasures([contactId], at + 1);
  return "gone";
}

export async function left({ holds }: Pick<Opened, "holds">, canaries: string[]): Promise<string[]> {
  const found = await Promise.all(canaries.map(async (canary) => ((await holds(canary)) ? [canary] : [])));
  return found.flat();
}

/** As JSON may write them: with a slash or what is not ASCII escaped. */
const escaped = (text: string) =>
  text.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

export async function plant(store: Store): Promise<{ contactId: string; sent: string; queued: string }> {
  await store.addEndpoint(endpoint());
  const shared = [
    { from: number, id: wamid(1), text: { body: "CANARY-in" } },
    { from: "15550100000", id: "wamid.other", text: { body: "NEIGHBOUR-in" } },
  ];
  const value = { contacts: [{ wa_id: number, profile: { name: person.name } }], messages: shared };
  await take(
    store,
    escaped(JSON.stringify({ entry: [{ id: "1", changes: [{ value, field: "messages" }] }] })),
    [
      heard(wamid(1), "CANARY-in", { chat, sender: person }),
      heard("wamid.other", "NEIGHBOUR-in", {
        chat: { id: "15550100000", type: "private" },
        sender: { aliases: ["15550100000"], name: "Neighbour" },
      }),
    ],
  );
  await take(
    store,
    { message: { from: { id: Number(number) }, chat: { id: -1009 }, text: "CANARY-group" } },
    [heard("g1", "CANARY-group", { chat: group, sender: person })],
  );
  const keyed = {
    scope: "scope",
    fingerprint: "print",
    expiresAt: at + hourMs,
    answer: { status: 202, contentType: "application/json", body: `{"to":"+${number}","status":"accepted"}` },
  };
  const content = { text: { body: "CANARY-out" } };
  const sent = await send(store, { to: `+${number}`, aliases: [number], content, keyed });
  await settle(store, sent.calls[0]!, accepted(wamid(2)));
  await take(store, { statuses: [{ id: wamid(2), recipient_id: number, status: "delivered" }] }, [
    receipt(wamid(2), "delivered"),
  ]);
  const failed = await send(store, { to: `+${number}`, aliases: [number], content });
  const problem = { code: "100", message: `CANARY-problem about +${number}` };
  await settle(store, failed.calls[0]!, { kind: "rejected", problem });
  await take(store, { statuses: [{ id: "w9", recipient_id: number }] }, [
    receipt("w9", "sent", { aliases: [number] }),
  ]);
  const queued = await send(store, { to: `+${number}`, aliases: [number], content });
  const due = await store.deliveriesInTurn({ endpointId: "endpoint-1", after: 0, limit: 50 });
  const others = await store.findConversation(channelId, { id: "15550100000", type: "private" }, [
    "15550100000",
  ]);
  for (const { id, lane } of due) {
    const answer = lane === others?.id ? "NEIGHBOUR-answer" : "CANARY-answer";
    await store.recordAttempt(id, { at, latencyMs: 1, answer }, { state: "delivered" }, 4);
  }
  const { id: contactId } = (await contactOf(store, number))!;
  return { contactId, sent: sent.id, queued: queued.id };
}

export const canaries = [number, "CANARY-", person.name, escaped(person.name), "canary_user"];

export const contactErasureCases: Cases = {
  "of an erased contact nothing is on disk, nor after a restart; others' parts are whole": async (opened) => {
    const { store } = opened;
    const { contactId } = await plant(store);
    assert.deepEqual(await left(opened, canaries), canaries, "the search finds what is there");
    assert.equal(await erase(store, contactId), "gone");
    assert.deepEqual(await left(opened, canaries), []);
    assert.deepEqual(await left(opened, ["NEIGHBOUR-in", "Neighbour"]), ["NEIGHBOUR-in", "Neighbour"]);
    const again = await opened.reopen();
    assert.deepEqual(await left(opened, canaries), []);
    assert.deepEqual(await again.erasure(contactId), {
      contactId,
      channelId,
      askedAt: at,
      erasedAt: at + 1,
      messages: 5,
    });
    assert.equal(await again.contact(contactId), undefined);
  },

  "what is left of an erased contact's messages are ids, states and times; what waited is cancelled": async ({
    store,
  }) => {
    const { contactId, sent, queued } = await plant(store);
    await erase(store, contactId);
    const detail = await store.message(sent);
    assert.ok(detail);
    assert.deepEqual(detail.message.content, { type: "erased" });
    assert.deepEqual(
      [detail.message.status, detail.message.address, detail.message.platformIds, detail.message.erasedAt],
      ["delivered", "", [], at],
    );
    assert.deepEqual(detail.calls[0]?.call, { method: "POST", path: "", part: "erased" });
    assert.equal(detail.calls[0]?.isDamaged, undefined);
    assert.equal(await statusOf(store, queued), "cancelled");
    const [first] = await eventsOf(store);
    assert.deepEqual(
      [
        first?.type,
        first?.sequence,
        first?.conversation?.contact,
        (first?.message as { type?: string } | undefined)?.type,
      ],
      ["message.received", 1, undefined, "erased"],
    );
    const kept = await store.keyedRequest("scope", at);
    assert.deepEqual(JSON.parse(kept?.answer?.body ?? ""), { to: "", status: "accepted" });
    assert.deepEqual(kept?.fingerprint, "print", "a repetition still sends nothing");
  },

  "who writes after an erasure is a new contact; what was told before is not told again": async (opened) => {
    const { store } = opened;
    const { contactId, sent } = await plant(store);
    await erase(store, contactId);
    const before = (await eventsOf(store)).length;
    await take(store, {}, [heard(wamid(1), "CANARY-in", { chat, sender: person })]);
    assert.equal((await eventsOf(store)).length, before, "the platform repeats what was seen");
    await take(store, { statuses: [{ id: wamid(2), recipient_id: number }] }, [
      receipt(wamid(2), "read", { aliases: [number] }),
    ]);
    assert.equal(await statusOf(store, sent), "read");
    const read = reportIn((await eventsOf(store)).at(-1));
    assert.deepEqual([read.to, read.platform_ids], ["", []]);
    const sender = { aliases: [number] };
    await take(store, { sender: { id: number } }, [watermark("read", at + 5, { chat, sender })]);
    assert.deepEqual(await left(opened, [number]), [], "late receipts bring no number back");
    await take(store, {}, [heard("m7", "again", { chat, sender: person })]);
    const anew = await contactOf(store, number);
    assert.ok(anew && anew.id !== contactId);
    const [newest] = (await store.conversations({ limit: 1 })).rows;
    assert.equal(newest?.contact?.id, anew.id);
  },

  "a call that is under way when its contact is erased is waited for, and what follows never leaves": async ({
    store,
  }) => {
    const first = await send(store, { to: number });
    const second = await send(store, { to: number });
    await store.beginCall(first.calls[0]!, moment(at));
    const { id } = (await contactOf(store, number))!;
    assert.equal(await erase(store, id), "waits");
    assert.deepEqual(await statesOf(store, second.id), ["cancelled"]);
    const problem = { code: "busy", message: "later" };
    const settlement = {
      callId: first.calls[0]!,
      startedAt: at,
      at,
      outcome: { kind: "retry", scope: "contact", problem } as const,
    };
    await store.settleCall({ ...settlement, retryAt: at });
    assert.equal(await erase(store, id), "gone");
    assert.deepEqual(await statesOf(store, first.id), ["cancelled"]);
    assert.deepEqual(await store.lanes(), []);
  },

  "of many contacts, those erased are nowhere, whatever moved where": async (opened) => {
    const { store } = opened;
    const numberOf = (index: number) => `1555${String((index * 7_919_317) % 10_000_019).padStart(8, "0")}`;
    const count = 150;
    for (let index = 0; index < count; index++) {
      const alias = numberOf(index);
      const more = { chat: { id: alias, type: "private" }, sender: { aliases: [alias] } };
      await take(store, { messages: [{ from: alias, id: `wamid.${alias}` }] }, [
        heard(`wamid.${alias}`, alias, more),
      ]);
    }
    const gone = Array.from({ length: count }, (_, index) => index).filter((index) => index % 3 > 0);
    const contacts = await Promise.all(gone.map((index) => contactOf(store, numberOf(index))));
    await Promise.all(contacts.map((contact) => store.beginErasure(contact!.id, at)));
    for (const contact of contacts) while ((await store.eraseSome(contact!.id, at)) === "more");
    for (let from: number | undefined = await store.overwriteUnused(); from !== undefined; )
      from = await store.overwriteUnused(from);
    assert.deepEqual(await left(opened, gone.map(numberOf)), []);
    assert.deepEqual(await left(opened, [numberOf(0), numberOf(3)]), [numberOf(0), numberOf(3)]);
  },

  "all that is stored of a contact can be read, and nothing of anybody else": async ({ store }) => {
    const { contactId } = await plant(store);
    const records: ContactRecord[] = [];
    for (let after: string | undefined = ""; after !== undefined; ) {
      const some = await store.contactRecords(contactId, after === "" ? undefined : after);
      records.push(...some.records);
      after = some.next;
    }
    const counted = Object.groupBy(records, ({ kind }) => kind);
    const counts = Object.fromEntries(Object.entries(counted).map(([kind, all]) => [kind, all?.length]));
    assert.deepEqual(counts, { contact: 1, conversation: 1, message: 5, event: 5, webhook: 4 });
    const text = JSON.stringify(records);
    for (const word of ["CANARY-in", "CANARY-group", "CANARY-out", "CANARY-problem", "CANARY-answer"])
      assert.ok(text.includes(word), word);
    assert.ok(!text.includes("NEIGHBOUR"));
    assert.deepEqual(
      (await store.contacts({ limit: 10 })).rows.map(({ name }) => name),
      ["Neighbour", person.name],
    );
  },
};
