import assert from "node:assert/strict";
import type { Unanswered } from "../sending.ts";
import type { Store } from "../store.ts";
import {
  type Cases,
  minuteMs,
  moment,
  problem,
  send,
  settle,
  start,
  statesOf,
  statusOf,
  steadyOf,
  typesOf,
} from "./harness.ts";

const dueAt = steadyOf(start + minuteMs);
const unreachable = { code: "unreachable", message: "Nothing was sent." };

/** Of the first try, which began as `settle` begins it. */
function unsent(callId: string, change: { number?: number; begunSteady?: number } = {}) {
  return {
    callId,
    ofTry: { number: 1, begunSteady: steadyOf(start + 1), ...change },
    startedAt: start + 1,
    at: start + 9,
    isUnsent: true,
    outcome: { kind: "retry" as const, scope: "contact" as const, problem: unreachable },
    retryAt: dueAt,
  };
}

/** As the next owner settles what it finds under way. */
async function unanswered(store: Store, callId: string, next: Unanswered): Promise<void> {
  await settle(store, callId, { kind: "unknown", problem }, { unanswered: next });
}

async function attemptsOf(store: Store, id: string): Promise<string[]> {
  return (await store.message(id))!.attempts.map(({ outcome }) => outcome);
}

/** What a node that works for a channel no more knows never to have left. */
export const unsentCases: Cases = {
  "what never left waits again, and the next owner, who took it for under way a moment before, does not make it unknown":
    async ({ store }) => {
      const { id, calls, conversationId } = await send(store);
      const callId = calls[0]!;
      await store.beginCall(callId, moment(start + 1));
      const [found] = await store.interrupted();
      assert.equal(await store.tellUnsent(unsent(callId)), true);
      const ofTry = { number: found!.call.tries, begunSteady: found!.begunSteady };
      const outcome = { kind: "unknown" as const, problem };
      await store.settleCall({ callId, ofTry, startedAt: start + 1, at: start + 10, outcome });
      assert.deepEqual(await statesOf(store, id), ["queued"]);
      await store.beginCall(callId, moment(start + 20));
      await store.settleCall({ callId, ofTry, startedAt: start + 1, at: start + 21, outcome });
      assert.deepEqual(await statesOf(store, id), ["sending"]);
      assert.deepEqual(await attemptsOf(store, id), ["retry"]);
      assert.equal((await store.headCall(conversationId))?.call.unanswered, 0);
    },

  "what the next owner holds, or is to send again, as unanswered, and never left, waits as if nothing had been lost":
    async ({ store }) => {
      for (const as of ["held", "resent"] as const) {
        const { id, calls, conversationId } = await send(store, { to: `+1${as.length}` });
        await unanswered(store, calls[0]!, { as, dueAt: dueAt + 1 });
        assert.equal(await store.tellUnsent(unsent(calls[0]!)), true);
        assert.deepEqual(await statesOf(store, id), ["queued"]);
        const { call } = (await store.headCall(conversationId))!;
        assert.deepEqual([call.unanswered, call.dueAt], [0, dueAt]);
        assert.deepEqual(await attemptsOf(store, id), ["retry"]);
      }
    },

  "what was told as unknown and never left has failed for sure, and does not leave by itself any more":
    async ({ store }) => {
      const { id, calls } = await send(store, { calls: 2 });
      await unanswered(store, calls[0]!, { as: "unknown" });
      assert.deepEqual(await statesOf(store, id), ["unknown", "skipped"]);
      assert.equal(await store.tellUnsent(unsent(calls[0]!)), false);
      assert.deepEqual(await statesOf(store, id), ["rejected", "skipped"]);
      assert.equal(await statusOf(store, id), "failed");
      const { message, history } = (await store.message(id))!;
      assert.equal(message.problem?.code, "not_sent");
      const statuses = ["accepted", "sending", "unknown", "failed"];
      assert.deepEqual(
        history.map(({ status }) => status),
        statuses,
      );
      assert.deepEqual(await typesOf(store), ["message.unknown", "message.failed"]);
    },

  "that something never left is believed once, of the very try alone, and against nothing that is known since":
    async ({ store }) => {
      const { id, calls } = await send(store);
      const callId = calls[0]!;
      await unanswered(store, callId, { as: "unknown" });
      for (const other of [{ number: 2 }, { begunSteady: steadyOf(start + 2) }])
        assert.equal(await store.tellUnsent(unsent(callId, other)), false);
      assert.equal(await statusOf(store, id), "unknown");
      await store.resolveMessage(id, "sent", moment(start + 5));
      assert.equal(await store.tellUnsent(unsent(callId)), false);
      assert.equal(await statusOf(store, id), "sent");

      const twice = await send(store, { to: "+2" });
      await unanswered(store, twice.calls[0]!, { as: "resent", dueAt });
      await store.beginCall(twice.calls[0]!, moment(start + 3));
      const second = { number: 2, begunSteady: steadyOf(start + 3) };
      assert.equal(await store.tellUnsent(unsent(twice.calls[0]!, second)), true);
      assert.equal(await store.tellUnsent(unsent(twice.calls[0]!, second)), false);
      // The first try may have arrived all the same.
      assert.equal((await store.headCall(twice.conversationId))?.call.unanswered, 1);
      assert.equal(await store.tellUnsent(unsent("none")), false);
    },
};
