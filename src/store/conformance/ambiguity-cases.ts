import assert from "node:assert/strict";
import type { Unanswered } from "../sending.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  digest,
  eventsOf,
  hourMs,
  minuteMs,
  moment,
  newMessage,
  problem,
  receipt,
  reportIn,
  said,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
  typesOf,
} from "./harness.ts";

const held: Unanswered = { as: "held", dueAt: steadyOf(start) + minuteMs };

/** A message whose first call left and was not answered. */
async function unansweredMessage(store: Store, unanswered: Unanswered, calls = 1) {
  const sent = await send(store, { token: "tok", calls });
  await settle(store, sent.calls[0] ?? "", { kind: "unknown", problem }, { unanswered });
  return { ...sent, first: sent.calls[0] ?? "" };
}

/** Calls that left and whose answer never came. */
export const ambiguityCases: Cases = {
  "a tap proves that the call which offered it arrived; of several that may have, it proves none": async ({
    store,
  }) => {
    const tap = async (dedupeKey: string, token: string, message: string) => {
      const content = { type: "interactive", interactive: { type: "button_reply" } };
      const event = said(dedupeKey, { content: undefined, answer: { by: "token", token, key: "0" } });
      await digest(store, [{ event, content, answersMessageId: message, report: true }]);
    };
    const one = await send(store, { token: "tok" });
    await settle(store, one.calls[0] ?? "", { kind: "unknown", problem }, { unanswered: { as: "unknown" } });
    assert.equal(await statusOf(store, one.id), "unknown");
    await tap("tap1", "tok", one.id);
    assert.equal(await statusOf(store, one.id), "sent");
    assert.ok((await typesOf(store)).includes("message.sent"));

    const several = await send(store, { token: "tok2", calls: 2, to: "+2" });
    const [first = ""] = several.calls;
    await settle(store, first, { kind: "unknown", problem }, { unanswered: { as: "unknown" } });
    const before = await statusOf(store, several.id);
    await tap("tap2", "tok2", several.id);
    assert.equal(await statusOf(store, several.id), before);
  },

  "calls that a crash left under way are found after a start, and settled as any other": async (opened) => {
    const { id, calls, conversationId } = await send(opened.store, { calls: 2 });
    await send(opened.store, { to: "+2" });
    await opened.store.beginCall(calls[0] ?? "", moment(start + 1));
    const store = await opened.reopen();
    const found = (await store.interrupted()).map(({ call, message, begunSteady }) => [
      call.id,
      call.tries,
      message.id,
      begunSteady,
    ]);
    assert.deepEqual(found, [[calls[0], 1, id, steadyOf(start + 1)]]);
    const settlement = { callId: calls[0] ?? "", startedAt: start + 1, at: start + 9 };
    await store.settleCall({ ...settlement, outcome: { kind: "unknown", problem } });
    assert.deepEqual(await store.interrupted(), []);
    assert.deepEqual(await statesOf(store, id), ["unknown", "skipped"]);
    assert.deepEqual(await typesOf(store), ["message.unknown"]);
    assert.equal((await store.message(id))?.attempts[0]?.at, start + 1);
    assert.equal(await store.headCall(conversationId), undefined);
  },

  "a held call stays the head of its lane, also over a restart, and tells nothing yet": async (opened) => {
    const { id, conversationId, first } = await unansweredMessage(opened.store, held, 2);
    await send(opened.store);
    const store = await opened.reopen();
    const head = (await store.headCall(conversationId))?.call;
    assert.deepEqual([head?.id, head?.state, head?.dueAt], [first, "held", steadyOf(start) + minuteMs]);
    assert.deepEqual([head?.unanswered, head?.problem], [1, problem]);
    assert.equal((await store.lanes())[0]?.conversationId, conversationId);
    assert.deepEqual(await statesOf(store, id), ["held", "queued"]);
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["sending", []]);
    assert.equal((await store.message(id))?.attempts[0]?.outcome, "unknown");
    await assert.rejects(store.beginCall(first, moment(start + 9)), { code: "conflict" });
  },

  "the platform's word of a held call lets its lane and the rest of its message go on": async ({ store }) => {
    const { id, conversationId, calls } = await unansweredMessage(store, held, 2);
    const told = await digest(store, [receipt("p1", "sent", { token: "tok" })], { at: start + 4001 });
    assert.deepEqual([told.heard, told.echoedAfterMs], [[conversationId], [4000]]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
    assert.equal((await store.headCall(conversationId))?.call.id, calls[1]);
    await store.endHold(calls[0] ?? "", { as: "unknown" }, start + minuteMs);
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
    await settle(store, calls[1] ?? "", accepted("p2"));
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["sent", ["message.sent"]]);
  },

  "what was sent again and then refused, or out of time, may have arrived by its first try: it is unknown":
    async ({ store }) => {
      const again: Unanswered = { as: "resent", dueAt: steadyOf(start) };
      for (const kind of ["rejected", "retry"] as const) {
        const { id, calls } = await send(store, { token: kind });
        const first = calls[0] ?? "";
        await settle(store, first, { kind: "unknown", problem }, { unanswered: again });
        const last = kind === "retry" ? { kind, scope: "contact" as const, problem } : { kind, problem };
        await settle(store, first, last);
        assert.equal((await store.message(id))?.attempts.length, 2);
        assert.deepEqual(
          [await statesOf(store, id), await statusOf(store, id)],
          [["unknown"], "unknown"],
          kind,
        );
        const told = (await store.message(id))?.message.problem;
        assert.equal(told?.code, "unanswered");
        assert.match(told?.message ?? "", /may have arrived.*refused/);
      }
    },

  "a hold that ends makes the message unknown, and a late echo still settles it": async ({ store }) => {
    const { id, conversationId, first } = await unansweredMessage(store, held);
    await store.endHold(first, { as: "unknown" }, start + minuteMs);
    const detail = await store.message(id);
    assert.deepEqual([detail?.message.status, detail?.message.problem], ["unknown", problem]);
    assert.equal(await store.headCall(conversationId), undefined);
    await digest(store, [receipt("p1", "sent", { token: "tok" })]);
    assert.deepEqual(
      [await statusOf(store, id), await typesOf(store)],
      ["sent", ["message.unknown", "message.sent"]],
    );
  },

  "a hold that ends in failure fails the message; delivery outranks that": async ({ store }) => {
    const { id, first } = await unansweredMessage(store, held, 2);
    await store.endHold(first, { as: "failed" }, start + minuteMs);
    assert.deepEqual(await statesOf(store, id), ["rejected", "skipped"]);
    assert.deepEqual(reportIn((await eventsOf(store))[0]).problem, problem);
    const one = await send(store, { token: "one" });
    const unanswered: Unanswered = { as: "failed" };
    await settle(store, one.calls[0] ?? "", { kind: "unknown", problem }, { unanswered });
    assert.equal(await statusOf(store, one.id), "failed");
    await digest(store, [receipt("p9", "delivered", { token: "one" })]);
    assert.equal(await statusOf(store, one.id), "delivered");
  },

  "what is to be sent again waits for its time, and not any more once the platform tells of it": async ({
    store,
  }) => {
    const { id, conversationId, first } = await unansweredMessage(store, held);
    await store.endHold(first, { as: "resent", dueAt: steadyOf(start) + 2 * minuteMs }, start + minuteMs);
    const head = (await store.headCall(conversationId))?.call;
    assert.deepEqual(
      [head?.state, head?.dueAt, head?.unanswered],
      ["queued", steadyOf(start) + 2 * minuteMs, 1],
    );
    await digest(store, [receipt("p1", "sent", { token: "tok" })]);
    assert.deepEqual([await statesOf(store, id), await statusOf(store, id)], [["accepted"], "sent"]);
    await assert.rejects(store.beginCall(first, moment(start + 2 * minuteMs)), { code: "conflict" });
  },

  "what was to be sent again and cannot be is unknown": async ({ store }) => {
    const { id, first } = await unansweredMessage(store, { as: "resent", dueAt: steadyOf(start) + minuteMs });
    await store.endHold(first, { as: "unknown" }, start + minuteMs);
    assert.equal(await statusOf(store, id), "unknown");
  },

  "a removed channel leaves what it held, or was to send again, as unknown": async ({ store }) => {
    const waits = await unansweredMessage(store, held);
    const again = await send(store, { to: "+2" });
    const unanswered: Unanswered = { as: "resent", dueAt: steadyOf(start) + minuteMs };
    await settle(store, again.calls[0] ?? "", { kind: "unknown", problem }, { unanswered });
    const late = await send(store, { to: "+3" });
    await store.beginCall(late.calls[0] ?? "", moment(start + 1));
    await store.removeChannel(channelId, start + 5);
    const outcome = { kind: "unknown", problem } as const;
    const settlement = { callId: late.calls[0] ?? "", startedAt: start + 1, at: start + 6, outcome };
    await store.settleCall({ ...settlement, unanswered: held });
    for (const { id } of [waits, again, late]) assert.equal(await statusOf(store, id), "unknown");
    assert.deepEqual(await store.lanes(), []);
  },

  "what left last is unreported until the platform tells anything of it": async ({ store }) => {
    const first = await send(store, { at: start });
    const { conversationId } = first;
    assert.equal(await store.unreportedSince(conversationId), undefined);
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    assert.equal(await store.unreportedSince(conversationId), steadyOf(start + 1));
    await digest(store, [receipt("p1", "failed", { problem })]);
    assert.equal(await store.unreportedSince(conversationId), undefined);
    const second = await send(store);
    await store.beginCall(second.calls[0] ?? "", moment(start + 7));
    const settlement = { callId: second.calls[0] ?? "", startedAt: start + 7, at: start + 8 };
    await store.settleCall({ ...settlement, outcome: accepted("p2") });
    assert.equal(await store.unreportedSince(conversationId), steadyOf(start + 7));
  },

  "what left last is told by the order of leaving, also where the wall clock was set back between": async ({
    store,
  }) => {
    const first = await send(store, { at: start });
    await settle(store, first.calls[0] ?? "", accepted("p1"));
    await digest(store, [receipt("p1", "sent")]);
    const second = await send(store);
    const begun = { at: start - hourMs, steady: steadyOf(start) + 9 };
    await store.beginCall(second.calls[0] ?? "", begun);
    await store.settleCall({
      ...{ callId: second.calls[0] ?? "", startedAt: begun.at, at: begun.at, outcome: accepted("p2") },
    });
    assert.equal(await store.unreportedSince(first.conversationId), begun.steady);
  },

  "what a message and its channel wish for the unanswered is kept": async ({ store }) => {
    await store.updateChannel(channelId, { onAmbiguous: "fail" });
    assert.equal((await store.channels())[0]?.onAmbiguous, "fail");
    const made = newMessage();
    made.message.onAmbiguous = "resend";
    const { id } = await store.acceptMessage(made);
    assert.equal((await store.message(id))?.message.onAmbiguous, "resend");
  },
};
