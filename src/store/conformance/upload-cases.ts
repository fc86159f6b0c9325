import assert from "node:assert/strict";
import { accepted, type Cases, send, settle, start, statesOf, statusOf, typesOf } from "./harness.ts";

export const uploadCases: Cases = {
  "a call whose link alone was refused goes on by upload, also over a restart, until that is settled": async (
    opened,
  ) => {
    const { store } = opened;
    const { id, calls, conversationId } = await send(store, { calls: 2 });
    const callId = calls[0] ?? "";
    const problem = { code: "400", message: "failed to get HTTP URL content" };
    const outcome = { kind: "rejected" as const, problem, isUnfetched: true as const };
    await settle(store, callId, outcome, { startedAt: start + 1, at: start + 2, retryAt: start + 2 });
    assert.deepEqual([await statusOf(store, id), await typesOf(store)], ["sending", []]);
    const reopened = await opened.reopen();
    assert.deepEqual(await reopened.interrupted(), []);
    const { state, isByUpload, dueAt, tries } = (await reopened.headCall(conversationId))!.call;
    assert.deepEqual([state, isByUpload, dueAt, tries], ["queued", true, start + 2, 1]);
    const retry = { kind: "retry" as const, scope: "contact" as const, problem };
    await settle(reopened, callId, retry, { at: start + 3, retryAt: start + 4 });
    assert.equal((await reopened.headCall(conversationId))!.call.isByUpload, true);
    await settle(reopened, callId, accepted("p1"), { startedAt: start + 5, at: start + 6 });
    const detail = await reopened.message(id);
    assert.deepEqual([detail?.calls[0]?.tries, detail?.calls[0]?.problem], [3, undefined]);
    const told = detail?.attempts.map(({ endedAt, outcome }) => [endedAt, outcome]);
    assert.deepEqual(told, [
      [start + 2, "rejected"],
      [start + 3, "retry"],
      [start + 6, "accepted"],
    ]);
    const next = (await reopened.headCall(conversationId))!.call;
    assert.deepEqual([next.id, next.isByUpload], [calls[1], undefined]);
  },

  "a call whose link was refused fails where it is given up, before its upload began": async ({ store }) => {
    const { id, calls } = await send(store, { calls: 2 });
    const problem = { code: "400", message: "failed to get HTTP URL content" };
    const outcome = { kind: "rejected" as const, problem, isUnfetched: true as const };
    await settle(store, calls[0] ?? "", outcome, { at: start + 2, retryAt: start + 2 });
    const rejected = { kind: "rejected" as const, problem: { ...problem, message: "nor uploaded" } };
    await store.settleCall({
      callId: calls[0] ?? "",
      startedAt: start + 3,
      at: start + 4,
      outcome: rejected,
    });
    assert.deepEqual(await statesOf(store, id), ["rejected", "skipped"]);
    assert.equal((await store.message(id))?.message.problem?.message, "nor uploaded");
  },
};
