import assert from "node:assert/strict";
import type { PlatformEvent } from "../../core/platform.ts";
import type { Unanswered } from "../sending.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channel,
  digest,
  eventsOf,
  minuteMs,
  moment,
  problem,
  receipt,
  reportIn,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
  typesOf,
} from "./harness.ts";

type EchoEvent = Extract<PlatformEvent, { kind: "echo" }>;

function echo(platformId: string, more: Partial<EchoEvent> = {}): EchoEvent {
  const made = { likeness: "hello", sentTo: "+1", at: start + 2 };
  return { kind: "echo", dedupeKey: `msg:${platformId}`, platformId, ...made, ...more };
}

interface Trying {
  to?: string;
  at?: number;
  likeness?: string;
  unanswered?: Unanswered;
  channelId?: string;
}

/** A message that left and was not answered. */
async function lost(store: Store, trying: Trying = {}) {
  const { at = start + 1, likeness = "hello", unanswered = { as: "unknown" } } = trying;
  const sent = await send(store, { to: trying.to, channelId: trying.channelId });
  const callId = sent.calls[0] ?? "";
  await store.beginCall(callId, moment(at));
  const outcome = { kind: "unknown", problem } as const;
  await store.settleCall({ callId, startedAt: at, at: at + 1, outcome, likeness, unanswered });
  return { ...sent, callId };
}

const held: Unanswered = { as: "held", dueAt: steadyOf(start + minuteMs) };

/** Echoes that carry nothing of ours: recipient, content and time must do. */
export const echoCases: Cases = {
  "an echo that fits a held call settles it, and the history and the event say by what it was known": async ({
    store,
  }) => {
    const { id, conversationId } = await lost(store, { unanswered: held });
    const told = await digest(store, [echo("mid1")], { at: start + 500 });
    assert.deepEqual(told.heard, [conversationId]);
    const detail = await store.message(id);
    assert.deepEqual([detail?.message.status, detail?.message.platformIds], ["sent", ["mid1"]]);
    const last = detail?.history.at(-1);
    assert.deepEqual(
      [last?.status, last?.source, last?.receipt, last?.matchedBy, last?.at],
      ["sent", "platform", "sent", "content", start + 2],
    );
    assert.equal(reportIn((await eventsOf(store))[0]).matched_by, "content");
    await digest(store, [receipt("mid1", "read")]);
    assert.deepEqual(await typesOf(store), ["message.sent", "message.read"]);
    assert.equal(reportIn((await eventsOf(store))[1]).matched_by, undefined);
  },

  "an echo that comes late settles a message that is unknown, for it tells when the platform had it": async ({
    store,
  }) => {
    const { id } = await lost(store);
    await digest(store, [echo("mid1")], { at: start + 60 * minuteMs });
    assert.deepEqual(
      [await statusOf(store, id), await typesOf(store)],
      ["sent", ["message.unknown", "message.sent"]],
    );
  },

  "an echo of another content, person, channel or time settles nothing": async ({ store }) => {
    await store.addChannel(channel({ id: "other", naturalId: "2002" }));
    const { id } = await lost(store);
    await lost(store, { to: "+2", likeness: "bye" });
    await digest(store, [
      echo("mid1", { likeness: "bye" }),
      echo("mid2", { sentTo: "+2" }),
      echo("mid3", { sentTo: "+3" }),
      echo("mid4", { likeness: undefined }),
      // Somebody wrote the same in the inbox, before or later.
      echo("mid5", { at: start - minuteMs }),
      echo("mid6", { at: start + 2 * minuteMs }),
    ]);
    await digest(store, [echo("mid7")], { channelId: "other" });
    assert.equal(await statusOf(store, id), "unknown");
    assert.deepEqual(await typesOf(store), ["message.unknown", "message.unknown"]);
  },

  "of several that are alike each echo settles one, the oldest first, and none that is settled": async ({
    store,
  }) => {
    const [one, two] = [await lost(store), await lost(store, { unanswered: held })];
    const statuses = async () => [await statusOf(store, one.id), await statusOf(store, two.id)];
    await digest(store, [echo("mid1")]);
    assert.deepEqual(await statuses(), ["sent", "sending"]);
    await digest(store, [echo("mid1", { dedupeKey: "again" })]);
    assert.deepEqual(await statuses(), ["sent", "sending"]);
    await digest(store, [echo("mid2")]);
    assert.deepEqual(await statuses(), ["sent", "sent"]);
    await digest(store, [echo("mid3")]);
    assert.deepEqual((await store.message(two.id))?.message.platformIds, ["mid2"]);
  },

  "an echo that overtakes its call's missing answer settles it all the same, and holds nothing": async (
    opened,
  ) => {
    const { id, calls } = await send(opened.store);
    await opened.store.beginCall(calls[0] ?? "", moment(start + 1));
    await digest(opened.store, [echo("mid1"), echo("mid9", { sentTo: "+2" })]);
    assert.equal(await statusOf(opened.store, id), "sending");
    const store = await opened.reopen();
    const outcome = { kind: "unknown", problem } as const;
    const left = { callId: calls[0] ?? "", startedAt: start + 1, at: start + minuteMs };
    await store.settleCall({ ...left, outcome, likeness: "hello", unanswered: held });
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["sent", ["message.sent"]]);
    assert.deepEqual((await store.message(id))?.message.platformIds, ["mid1"]);
    assert.equal((await store.message(id))?.history.at(-1)?.matchedBy, "content");
  },

  "an echo that overtakes its call's answer is given to no earlier message of the same words": async ({
    store,
  }) => {
    for (const [to, outcome, wanted] of [
      ["+1", accepted("mid+1"), ["unknown", "sent"]],
      // Of another message after all: the earlier one gets it then.
      ["+2", accepted("another"), ["sent", "sent"]],
      ["+3", { kind: "rejected", problem }, ["sent", "failed"]],
    ] as const) {
      const earlier = await lost(store, { to });
      const { id, calls } = await send(store, { to });
      await store.beginCall(calls[0] ?? "", moment(start + 5));
      await digest(store, [echo(`mid${to}`, { sentTo: to, at: start + 6 })]);
      assert.equal(await statusOf(store, earlier.id), "unknown");
      await store.settleCall({ callId: calls[0] ?? "", startedAt: start + 5, at: start + 9, outcome });
      assert.deepEqual([await statusOf(store, earlier.id), await statusOf(store, id)], wanted, to);
      await digest(store, [receipt(`mid${to}`, "read")]);
      const read = wanted[0] === "sent" ? earlier.id : id;
      assert.equal(await statusOf(store, read), "read");
    }
  },

  "the echo of a first try that comes while the second is under way counts, whatever becomes of that":
    async ({ store }) => {
      const again: Unanswered = { as: "resent", dueAt: steadyOf(start + 2 * minuteMs) };
      for (const [to, outcome] of [
        ["+1", { kind: "unknown", problem }],
        ["+2", { kind: "rejected", problem }],
      ] as const) {
        const { id, callId } = await lost(store, { to, unanswered: again });
        const second = { callId, startedAt: start + 2 * minuteMs, at: start + 2 * minuteMs + 100 };
        await store.beginCall(callId, moment(second.startedAt));
        await digest(store, [echo(`mid${to}`, { sentTo: to })], { at: second.startedAt + 50 });
        await store.settleCall({ ...second, outcome, likeness: "hello", unanswered: { as: "unknown" } });
        assert.deepEqual([await statesOf(store, id), await statusOf(store, id)], [["accepted"], "sent"]);
      }
    },

  "the echo of a call that was answered is of that one, whichever came first, and of no other": async ({
    store,
  }) => {
    const answered = await send(store);
    await store.beginCall(answered.calls[0] ?? "", moment(start + 1));
    await digest(store, [echo("mid1")]);
    const left = { callId: answered.calls[0] ?? "", startedAt: start + 1, at: start + 3 };
    await store.settleCall({ ...left, outcome: accepted("mid1") });
    const { id } = await lost(store, { unanswered: held });
    assert.equal(await statusOf(store, id), "sending");
    const later = await send(store, { to: "+2" });
    await store.beginCall(later.calls[0] ?? "", moment(start + 1));
    await store.settleCall({ ...left, callId: later.calls[0] ?? "", outcome: accepted("mid2") });
    const told = await digest(store, [echo("mid2", { sentTo: "+2" })], { at: start + 41 });
    assert.deepEqual(told.echoedAfterMs, [40]);
    for (const sent of [answered, later]) {
      const line = (await store.message(sent.id))?.history.at(-1);
      assert.deepEqual([line?.receipt, line?.matchedBy], ["sent", undefined]);
    }
  },

  "a call that is to be sent again is not, once an echo fits a try of it": async ({ store }) => {
    const again: Unanswered = { as: "resent", dueAt: steadyOf(start + 2 * minuteMs) };
    const { id, callId } = await lost(store, { unanswered: again });
    await digest(store, [echo("mid1")]);
    assert.deepEqual([await statesOf(store, id), await statusOf(store, id)], [["accepted"], "sent"]);
    await assert.rejects(store.beginCall(callId, moment(start + 2 * minuteMs)), { code: "conflict" });
  },

  "the echo of a first try that comes when the second was answered is nobody else's": async ({ store }) => {
    const again: Unanswered = { as: "resent", dueAt: steadyOf(start + 2 * minuteMs) };
    const { id, callId } = await lost(store, { unanswered: again });
    await store.beginCall(callId, moment(start + 2 * minuteMs));
    const second = { callId, startedAt: start + 2 * minuteMs, at: start + 2 * minuteMs + 9 };
    await store.settleCall({ ...second, outcome: accepted("mid2") });
    const next = await lost(store, { at: start + 2 * minuteMs + 20, unanswered: held });
    await digest(store, [echo("mid1")], { at: start + 3 * minuteMs });
    assert.deepEqual([await statusOf(store, id), await statusOf(store, next.id)], ["sent", "sending"]);
  },

  "a token that tells the call settles that one, however late, and no other of its message": async ({
    store,
  }) => {
    const { id, calls } = await send(store, { token: "tok", calls: 3 });
    await settle(store, calls[0] ?? "", accepted("p0"));
    await settle(store, calls[1] ?? "", { kind: "unknown", problem }, { unanswered: held });
    await store.addChannel(channel({ id: "other", naturalId: "2002" }));
    await digest(store, [receipt("p1", "sent", { token: "tok", call: 1 })], { channelId: "other" });
    assert.deepEqual(await statesOf(store, id), ["accepted", "held", "queued"], "it is another channel's");
    // Sent twice: the first answer was a refusal, though the platform had it.
    await digest(store, [receipt("p0b", "sent", { token: "tok", call: 0 })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "held", "queued"]);
    await digest(store, [receipt("p2", "sent", { token: "tok", call: 2 })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "held", "queued"], "the third has not left");
    await digest(store, [receipt("p1", "sent", { token: "tok", call: 1 })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "accepted", "queued"]);
    await digest(store, [receipt("p9", "sent", { token: "tok", call: 9 })]);
    await settle(store, calls[2] ?? "", accepted("p2"));
    assert.deepEqual((await store.message(id))?.message.platformIds, ["p0b", "p0", "p1", "p2"]);
  },

  "what is told of a first try after the second was answered counts for their message": async ({ store }) => {
    const { id, calls } = await send(store, { token: "tok" });
    const again: Unanswered = { as: "resent", dueAt: steadyOf(start + 2) };
    await settle(store, calls[0] ?? "", { kind: "unknown", problem }, { unanswered: again });
    await settle(store, calls[0] ?? "", accepted("second"));
    await digest(store, [
      receipt("first", "sent", { token: "tok" }),
      receipt("first", "read", { token: "tok" }),
    ]);
    const { message } = (await store.message(id))!;
    assert.deepEqual([message.status, message.platformIds], ["read", ["first", "second"]]);
    assert.deepEqual(await typesOf(store), ["message.sent", "message.read"]);
  },
};
