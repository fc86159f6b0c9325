import assert from "node:assert/strict";
import { type Cases, problem, send, start, statesOf, typesOf } from "./harness.ts";

/** Calls that left and whose answer never came. */
export const ambiguityCases: Cases = {
  "calls that a crash left under way are found after a start, and settled as any other": async (opened) => {
    const { id, calls, conversationId } = await send(opened.store, { calls: 2 });
    await send(opened.store, { to: "+2" });
    await opened.store.beginCall(calls[0] ?? "", start + 1);
    const store = await opened.reopen();
    const found = (await store.interrupted()).map(({ call, message, startedAt }) => [
      call.id,
      call.tries,
      message.id,
      startedAt,
    ]);
    assert.deepEqual(found, [[calls[0], 1, id, start + 1]]);
    const settlement = { callId: calls[0] ?? "", startedAt: start + 1, at: start + 9 };
    await store.settleCall({ ...settlement, outcome: { kind: "unknown", problem } });
    assert.deepEqual(await store.interrupted(), []);
    assert.deepEqual(await statesOf(store, id), ["unknown", "skipped"]);
    assert.deepEqual(await typesOf(store), ["message.unknown"]);
    assert.equal((await store.message(id))?.attempts[0]?.at, start + 1);
    assert.equal(await store.headCall(conversationId), undefined);
  },
};
