import assert from "node:assert/strict";
import type { FailurePolicy } from "../../core/message.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  digest,
  eventsOf,
  hourMs,
  moment,
  newMessage,
  problem,
  receipt,
  reportIn,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
} from "./harness.ts";

const refused = { kind: "rejected", problem } as const;
const late = { code: "expired", message: "Too late." };

async function sendWith(
  store: Store,
  onFailed: FailurePolicy | undefined,
  more: Parameters<typeof newMessage>[0] = {},
) {
  const made = newMessage(more);
  if (onFailed) made.message.onFailed = onFailed;
  const { id, conversationId } = await store.acceptMessage(made);
  return { id, conversationId, calls: made.calls.map((call) => call.id), first: made.calls[0]?.id ?? "" };
}

/** A message that was refused, and one that waits behind it. */
async function blocked(store: Store) {
  const failed = await sendWith(store, "block", { token: "tok" });
  const behind = await send(store);
  await settle(store, failed.first, refused);
  return { failed, behind, conversationId: failed.conversationId };
}

async function blocker(store: Store, conversationId: string) {
  const shown = (await store.conversation(conversationId))?.blockedBy;
  assert.equal((await store.headCall(conversationId))?.blockedBy, shown);
  return shown;
}

/** Which messages hold their lane up, by the events. */
async function toldBlocked(store: Store): Promise<string[]> {
  const events = (await eventsOf(store)).filter(({ type }) => type === "conversation.blocked");
  return events.map((event) => reportIn(event).id);
}

/** Lanes that do not go on behind what did not arrive. */
export const blockedCases: Cases = {
  "behind a message that failed nothing begins where that is wished, also after a restart, and it is told once":
    async (opened) => {
      const { failed, behind, conversationId } = await blocked(opened.store);
      assert.deepEqual(
        (await eventsOf(opened.store)).map(({ type }) => type),
        ["message.failed", "conversation.blocked"],
      );
      const report = reportIn((await eventsOf(opened.store))[1]);
      assert.deepEqual([report.id, report.status, report.problem], [failed.id, "failed", problem]);
      const store = await opened.reopen();
      assert.equal(await blocker(store, conversationId), failed.id);
      assert.equal((await store.headCall(conversationId))?.call.id, behind.calls[0]);
      await assert.rejects(store.beginCall(behind.calls[0] ?? "", moment(start + 3)), { code: "conflict" });
      assert.equal((await store.conversations({ limit: 5 })).rows[0]?.blockedBy, failed.id);
      const other = await send(store, { to: "+2" });
      await store.beginCall(other.calls[0] ?? "", moment(start + 3));
    },

  "it goes on where nothing is wished; a message's wish wins over its channel's": async ({ store }) => {
    const wishes: [FailurePolicy | undefined, FailurePolicy | undefined, boolean][] = [
      [undefined, undefined, false],
      ["block", undefined, true],
      [undefined, "block", true],
      ["block", "continue", false],
      ["continue", "block", true],
    ];
    for (const [channels, own, isBlocked] of wishes) {
      if (channels) await store.updateChannel(channelId, { onFailed: channels });
      const to = `${channels} ${own}`;
      const failed = await sendWith(store, own, { to });
      await settle(store, failed.first, refused);
      assert.equal((await store.conversation(failed.conversationId))?.blockedBy !== undefined, isBlocked, to);
      await store.updateChannel(channelId, { onFailed: "continue" });
    }
    assert.equal((await store.channels())[0]?.onFailed, "continue");
  },

  "one that expired or is unknown holds its lane up too, and its late word lets it go on": async ({
    store,
  }) => {
    const old = await sendWith(store, "block", { to: "+2" });
    await store.expireMessage(old.id, late, start + 5);
    assert.equal((await store.conversation(old.conversationId))?.blockedBy, old.id);
    const lost = await sendWith(store, "block", { token: "tok" });
    const behind = await send(store);
    await settle(store, lost.first, { kind: "unknown", problem });
    assert.equal(await blocker(store, lost.conversationId), lost.id);
    const told = await digest(store, [receipt("p1", "sent", { token: "tok" })]);
    assert.deepEqual(told.heard, [lost.conversationId]);
    assert.equal(await blocker(store, lost.conversationId), undefined);
    await settle(store, behind.calls[0] ?? "", accepted("p2"));
  },

  "a failure that is reported later holds up what still waits, and the rest of the message itself": async ({
    store,
  }) => {
    const { id, calls, first, conversationId } = await sendWith(store, "block", { calls: 2 });
    await settle(store, first, accepted("p1"));
    await digest(store, [receipt("p1", "failed", { problem })]);
    assert.equal(await blocker(store, conversationId), id);
    await assert.rejects(store.beginCall(calls[1] ?? "", moment(start + 9)), { code: "conflict" });
    await assert.rejects(store.resolveMessage(id, "resend", moment(start + 9)), { code: "conflict" });
    await store.resolveMessage(id, "skip", moment(start + 9));
    assert.deepEqual(await statesOf(store, id), ["accepted", "skipped"]);
    assert.equal(await store.headCall(conversationId), undefined);
  },

  "a person lets the lane go on, once, and nothing that is learned later stops it again": async ({
    store,
  }) => {
    const { failed, behind, conversationId } = await blocked(store);
    await assert.rejects(store.resolveMessage(behind.id, "skip", moment(start + 9)), { code: "conflict" });
    await assert.rejects(store.resolveMessage(failed.id, "sent", moment(start + 9)), { code: "conflict" });
    await store.resolveMessage(failed.id, "skip", moment(start + 9));
    assert.equal(await blocker(store, conversationId), undefined);
    const line = (await store.message(failed.id))?.history.at(-1);
    assert.deepEqual([line?.status, line?.source, line?.problem?.code], ["failed", "person", "skipped"]);
    await assert.rejects(store.resolveMessage(failed.id, "skip", moment(start + 9)), { code: "conflict" });
    await settle(store, behind.calls[0] ?? "", accepted("p1"));
    const lost = await sendWith(store, "block", { token: "lost" });
    await settle(store, lost.first, { kind: "unknown", problem });
    await store.resolveMessage(lost.id, "skip", moment(start + 9));
    await send(store);
    await digest(store, [receipt("p2", "failed", { token: "lost", problem })]);
    assert.deepEqual(
      [await statusOf(store, lost.id), await blocker(store, conversationId)],
      ["failed", undefined],
    );
  },

  "an unknown one that a person settles holds nothing up any more, whatever they say": async ({ store }) => {
    for (const outcome of ["sent", "failed", "skip"] as const) {
      const lost = await sendWith(store, "block", { to: outcome });
      await send(store, { to: outcome });
      await settle(store, lost.first, { kind: "unknown", problem });
      await store.resolveMessage(lost.id, outcome, moment(start + 9));
      assert.equal(await blocker(store, lost.conversationId), undefined, outcome);
      assert.equal(await statusOf(store, lost.id), outcome === "skip" ? "unknown" : outcome);
    }
  },

  "one that is sent again goes before what is behind it, and may block anew": async ({ store }) => {
    const { failed, conversationId } = await blocked(store);
    await store.resolveMessage(failed.id, "resend", moment(start + hourMs));
    const head = await store.headCall(conversationId);
    assert.deepEqual([head?.call.id, head?.blockedBy], [failed.first, undefined]);
    assert.deepEqual(
      [head?.message.status, head?.message.expiresAt],
      ["accepted", steadyOf(start) + 2 * hourMs],
    );
    await settle(store, failed.first, refused);
    assert.equal(await blocker(store, conversationId), failed.id);
    assert.deepEqual(await toldBlocked(store), [failed.id, failed.id]);
    await store.resolveMessage(failed.id, "resend", moment(start + hourMs));
    await settle(store, failed.first, accepted("p1"));
    assert.deepEqual(
      [await statusOf(store, failed.id), await blocker(store, conversationId)],
      ["sent", undefined],
    );
  },

  "what waits behind expires by its own time, the first first, and blocks in its turn where that is wished":
    async ({ store }) => {
      await store.updateChannel(channelId, { onFailed: "block" });
      const { failed, conversationId } = await blocked(store);
      const soon = await send(store, { at: start - hourMs / 2 });
      assert.equal((await store.firstToExpire(conversationId))?.message.id, soon.id);
      await store.expireMessage(soon.id, late, start + hourMs / 2);
      assert.notEqual((await store.firstToExpire(conversationId))?.message.id, soon.id);
      assert.equal(await blocker(store, conversationId), failed.id);
      await store.resolveMessage(failed.id, "skip", moment(start + hourMs / 2));
      assert.equal(await blocker(store, conversationId), soon.id);
      assert.deepEqual(await toldBlocked(store), [failed.id, soon.id]);
      await store.resolveMessage(soon.id, "skip", moment(start + hourMs / 2));
      assert.equal(await blocker(store, conversationId), undefined);
    },
};
