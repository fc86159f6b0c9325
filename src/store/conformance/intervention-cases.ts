import assert from "node:assert/strict";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  digest,
  eventsOf,
  hourMs,
  moment,
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

/** A message whose second call was never answered. */
async function unknownMessage(store: Store) {
  const sent = await send(store, { token: "tok", calls: 3 });
  await settle(store, sent.calls[0] ?? "", accepted("p1"));
  await settle(store, sent.calls[1] ?? "", { kind: "unknown", problem });
  return sent;
}

/** The last line of a message's history. */
async function lastLine(store: Store, id: string) {
  const line = (await store.message(id))?.history.at(-1);
  return [line?.status, line?.source, line?.at];
}

/** What ends a message otherwise than by its platform: the time, and people. */
export const interventionCases: Cases = {
  "a message whose time is over is expired for the reason given, what of it waits": async ({ store }) => {
    const { id, calls, conversationId } = await send(store, { calls: 2 });
    await settle(store, calls[0] ?? "", accepted("p1"));
    const late = { code: "expired", message: "Too late." };
    await store.expireMessage(id, late, start + 5);
    assert.deepEqual(await statesOf(store, id), ["accepted", "expired"]);
    const detail = await store.message(id);
    assert.deepEqual([detail?.message.status, detail?.message.problem], ["expired", late]);
    assert.deepEqual(detail?.history.at(-1)?.problem, late);
    assert.deepEqual(await typesOf(store), ["message.expired"]);
    assert.deepEqual(reportIn((await eventsOf(store))[0]).problem, late);
    await digest(store, [receipt("p1", "delivered")]);
    assert.deepEqual((await store.message(id))?.message.problem, late);
    assert.equal(await store.headCall(conversationId), undefined);
  },

  "a message that waits is taken back by request, and what is behind it goes on": async ({ store }) => {
    const { id, conversationId } = await send(store, { calls: 2 });
    const next = await send(store);
    await store.cancelMessage(id, start + 5);
    assert.deepEqual(await statesOf(store, id), ["cancelled", "cancelled"]);
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["cancelled", ["message.cancelled"]]);
    assert.deepEqual(await lastLine(store, id), ["cancelled", "person", start + 5]);
    assert.equal((await store.headCall(conversationId))?.call.id, next.calls[0]);
  },

  "a message that was refused for now can still be taken back": async ({ store }) => {
    const { id, calls } = await send(store);
    const outcome = { kind: "retry", scope: "contact", problem } as const;
    await settle(store, calls[0] ?? "", outcome, { retryAt: steadyOf(start) + 9 });
    await store.cancelMessage(id, start + 5);
    assert.equal(await statusOf(store, id), "cancelled");
  },

  "nothing that may have left is taken back": async ({ store }) => {
    const refused = async (id: string) =>
      assert.rejects(store.cancelMessage(id, start + 5), { code: "conflict" });
    const underWay = await send(store, { to: "+1" });
    await store.beginCall(underWay.calls[0] ?? "", moment(start + 1));
    await refused(underWay.id);
    const half = await send(store, { to: "+2", calls: 2 });
    await settle(store, half.calls[0] ?? "", accepted("p1"));
    await refused(half.id);
    const again = await send(store, { to: "+3" });
    const outcome = { kind: "unknown", problem } as const;
    await settle(store, again.calls[0] ?? "", outcome, {
      unanswered: { as: "resent", dueAt: steadyOf(start) + 9 },
    });
    await refused(again.id);
    await digest(store, [said("in1")]);
    const inbound = (await store.messages({ limit: 1, direction: "in" })).rows[0];
    await refused(inbound?.id ?? "");
    await assert.rejects(store.cancelMessage("nowhere", start), { code: "not_found" });
    assert.deepEqual(await typesOf(store), ["message.received"]);
  },

  "a person settles an unknown message as failed, and delivery outranks that": async ({ store }) => {
    const { id, calls } = await send(store, { token: "tok" });
    await settle(store, calls[0] ?? "", { kind: "unknown", problem });
    await store.resolveMessage(id, "failed", moment(start + 50));
    assert.deepEqual(await lastLine(store, id), ["failed", "person", start + 50]);
    assert.equal((await store.message(id))?.message.problem?.code, "settled_as_failed");
    await digest(store, [receipt("p1", "delivered", { token: "tok" })]);
    assert.equal(await statusOf(store, id), "delivered");
  },

  "a person settles an unknown message as sent, and the platform's later word joins it": async ({
    store,
  }) => {
    const { id, calls } = await send(store, { token: "tok" });
    await settle(store, calls[0] ?? "", { kind: "unknown", problem });
    await store.resolveMessage(id, "sent", moment(start + 50));
    assert.deepEqual(await lastLine(store, id), ["sent", "person", start + 50]);
    assert.equal((await store.message(id))?.message.problem, undefined);
    await digest(store, [receipt("p1", "delivered", { token: "tok" })]);
    const detail = await store.message(id);
    assert.deepEqual([detail?.message.status, detail?.message.platformIds], ["delivered", ["p1"]]);
    assert.deepEqual(await typesOf(store), ["message.unknown", "message.sent", "message.delivered"]);
  },

  "a person sends an unknown message again from the unanswered part on, with its time anew": async ({
    store,
  }) => {
    const { id, calls, conversationId } = await unknownMessage(store);
    const behind = await send(store);
    const at = start + 5 * hourMs;
    await store.resolveMessage(id, "resend", moment(at));
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued", "queued"]);
    assert.equal(await statusOf(store, id), "sending");
    assert.equal((await store.message(id))?.message.expiresAt, steadyOf(at) + hourMs);
    assert.deepEqual(await lastLine(store, id), ["sending", "person", at]);
    assert.equal((await store.headCall(conversationId))?.call.id, calls[1]);
    await settle(store, calls[1] ?? "", { kind: "unknown", problem });
    assert.deepEqual(await typesOf(store), ["message.unknown", "message.unknown"]);
    await store.resolveMessage(id, "resend", moment(at));
    await settle(store, calls[1] ?? "", accepted("p2"));
    await settle(store, calls[2] ?? "", accepted("p3"));
    assert.equal(await statusOf(store, id), "sent");
    assert.equal((await store.headCall(conversationId))?.call.id, behind.calls[0]);
  },

  "only an unknown message is resolved, and none of a removed channel is sent again": async ({ store }) => {
    const waiting = await send(store, { to: "+2" });
    await assert.rejects(store.resolveMessage(waiting.id, "sent", moment(start)), { code: "conflict" });
    await assert.rejects(store.resolveMessage("nowhere", "sent", moment(start)), { code: "not_found" });
    const { id } = await unknownMessage(store);
    await store.removeChannel(channelId, start + 5);
    await assert.rejects(store.resolveMessage(id, "resend", moment(start + 6)), { code: "conflict" });
    assert.equal(await statusOf(store, id), "unknown");
    await store.resolveMessage(id, "failed", moment(start + 6));
    assert.equal(await statusOf(store, id), "failed");
  },
};
