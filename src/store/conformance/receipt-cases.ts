import assert from "node:assert/strict";
import type { Receipt } from "../../core/status.ts";
import type { Store } from "../store.ts";
import {
  accepted,
  type Cases,
  channelId,
  contactOf,
  digest,
  eventsOf,
  moment,
  permutations,
  problem,
  receipt,
  reportIn,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  typesOf,
} from "./harness.ts";

/** Status and sorted event types after these steps of a message of its own. */
async function outcomeOf(store: Store, steps: string[], platformId: string): Promise<string> {
  const before = await store.lastEventPosition();
  const { id, calls } = await send(store, { to: platformId });
  await store.beginCall(calls[0] ?? "", moment(start + 1));
  for (const step of steps) {
    if (step === "answer") {
      const outcome = accepted(platformId);
      await store.settleCall({ callId: calls[0] ?? "", startedAt: start + 1, at: start + 2, outcome });
    } else await digest(store, [receipt(platformId, step as Receipt)]);
  }
  const types = (await store.eventsAfter(before, 100)).map((row) => row.event.type);
  return [await statusOf(store, id), ...types.sort()].join(" ");
}

export const receiptCases: Cases = {
  "every order of the answer and the receipts ends in the same status and set of events": async ({
    store,
  }) => {
    const sets: [string[], string][] = [
      [["answer", "sent", "delivered", "read"], "read message.delivered message.read message.sent"],
      [["answer", "sent", "read"], "read message.read message.sent"],
      [["answer", "sent", "failed"], "failed message.failed message.sent"],
      [["answer", "failed", "delivered"], "delivered message.delivered message.failed message.sent"],
      [["answer", "delivered", "read", "played"], "read message.delivered message.read message.sent"],
    ];
    for (const [steps, expected] of sets) {
      for (const order of permutations(steps)) {
        const platformId = `${order.join()} of ${steps.join()}`;
        assert.equal(await outcomeOf(store, order, platformId), expected, order.join());
      }
    }
  },

  "a late receipt is told once and never sets the status back": async ({ store }) => {
    const { id, calls } = await send(store);
    await settle(store, calls[0] ?? "", accepted("p1"));
    await digest(store, [receipt("p1", "read")]);
    await digest(store, [receipt("p1", "delivered"), receipt("p1", "delivered", { dedupeKey: "again" })]);
    await digest(store, [receipt("p1", "sent")]);
    assert.deepEqual(await typesOf(store), ["message.sent", "message.read", "message.delivered"]);
    assert.equal(reportIn((await eventsOf(store)).at(-1)).status, "read");
    const lines = (await store.message(id))?.history.filter((line) => line.source === "platform");
    assert.deepEqual(
      lines?.map((line) => [line.receipt, line.status]),
      [
        ["read", "read"],
        ["delivered", "read"],
        ["sent", "read"],
      ],
    );
  },

  "a message of several calls is delivered when all of them are": async ({ store }) => {
    const { id, calls } = await send(store, { calls: 2 });
    await settle(store, calls[0] ?? "", accepted("p1"));
    await settle(store, calls[1] ?? "", accepted("p2"));
    await digest(store, [receipt("p1", "delivered")]);
    assert.equal(await statusOf(store, id), "sent");
    await digest(store, [receipt("p2", "read")]);
    assert.equal(await statusOf(store, id), "delivered");
    await digest(store, [receipt("p1", "read")]);
    assert.equal(await statusOf(store, id), "read");
    assert.deepEqual(await typesOf(store), ["message.sent", "message.delivered", "message.read"]);
  },

  "a failure notice carries its problem to the message and its event": async ({ store }) => {
    const { id, calls } = await send(store);
    await settle(store, calls[0] ?? "", accepted("p1"));
    await digest(store, [receipt("p1", "failed", { problem })]);
    assert.deepEqual((await store.message(id))?.message.problem, problem);
    assert.deepEqual(reportIn((await eventsOf(store)).at(-1)).problem, problem);
  },

  "a receipt that names our token proves a call whose answer is missing": async ({ store }) => {
    const { id, calls } = await send(store, { token: "tok", calls: 2 });
    await store.beginCall(calls[0] ?? "", moment(start + 1));
    await digest(store, [receipt("p1", "delivered", { token: "tok" })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
    assert.equal((await store.messageByPlatformId(channelId, "p1"))?.id, id);
    const outcome = { kind: "unknown", problem } as const;
    await store.settleCall({ callId: calls[0] ?? "", startedAt: start, at: start, outcome });
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
  },

  "a refusal that invites another try, then the proof that it went out: it is not sent again": async ({
    store,
  }) => {
    const { id, calls, conversationId } = await send(store, { token: "tok", calls: 2 });
    const outcome = { kind: "retry", scope: "contact", problem } as const;
    await settle(store, calls[0] ?? "", outcome, { retryAt: start + 1_000 });
    assert.deepEqual(await statesOf(store, id), ["queued", "queued"]);
    await digest(store, [receipt("p1", "sent", { token: "tok" })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
    assert.equal((await store.messageByPlatformId(channelId, "p1"))?.id, id);
    assert.equal((await store.headCall(conversationId))?.call.id, calls[1]);
    // The next call has left nobody's hands yet: no proof can be its own.
    await digest(store, [receipt("p2", "sent", { token: "tok" })]);
    assert.deepEqual(await statesOf(store, id), ["accepted", "queued"]);
  },

  "an unknown message is settled by its echo; one that was cut off is failed then": async ({ store }) => {
    const whole = await send(store, { token: "whole" });
    await settle(store, whole.calls[0] ?? "", { kind: "unknown", problem });
    await digest(store, [receipt("p1", "sent", { token: "whole" })]);
    const detail = await store.message(whole.id);
    assert.deepEqual([detail?.message.status, detail?.message.problem], ["sent", undefined]);
    const cut = await send(store, { token: "cut", calls: 2 });
    await settle(store, cut.calls[0] ?? "", { kind: "unknown", problem });
    await digest(store, [receipt("p2", "delivered", { token: "cut" })]);
    assert.equal(await statusOf(store, cut.id), "failed");
    assert.equal((await store.message(cut.id))?.message.problem?.code, "incomplete");
  },

  "a receipt of a message that nobody knows is kept quietly, also over a restart": async (opened) => {
    await digest(opened.store, [receipt("p1", "read", { aliases: ["US.x"] })]);
    assert.deepEqual(await typesOf(opened.store), []);
    const store = await opened.reopen();
    const { id, calls } = await send(store);
    await settle(store, calls[0] ?? "", accepted("p1"));
    assert.equal(await statusOf(store, id), "read");
    assert.deepEqual((await contactOf(store, "US.x"))?.aliases, ["+1", "US.x"]);
  },
};
