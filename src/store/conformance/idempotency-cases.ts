import assert from "node:assert/strict";
import type { KeyedRequest } from "../rows.ts";
import { type Cases, newMessage, send, start, statusOf } from "./harness.ts";

const weekMs = 7 * 86_400_000;
const answer = {
  status: 202,
  contentType: "application/json; charset=utf-8",
  body: '{"id":"msg_1","to":"é ✓"}',
};

function request(scope: string, change: Partial<KeyedRequest> = {}): KeyedRequest {
  return { scope, fingerprint: "f", expiresAt: start + weekMs, ...change };
}

export const idempotencyCases: Cases = {
  "a claimed request is known without an answer, and keeps the one that it gets, through a restart": async (
    opened,
  ) => {
    await opened.store.claimKey(request("s"), start);
    assert.deepEqual(await opened.store.keyedRequest("s", start), request("s"));
    const again = await opened.reopen();
    assert.deepEqual(await again.keyedRequest("s", start), request("s"), "cut short");
    await again.keepAnswer("s", answer);
    const answered = await opened.reopen();
    assert.deepEqual(await answered.keyedRequest("s", start), request("s", { answer }));
    assert.equal(await answered.keyedRequest("other", start), undefined);
  },

  "a request without an answer says which node works on it as long as that lives": async ({ store }) => {
    await store.joinNodes("a");
    await store.claimKey(request("s", { node: "a" }), start);
    await store.claimKey(request("t", { node: "a" }), start);
    assert.deepEqual(await store.keyedRequest("s", start), request("s", { node: "a" }));
    await store.keepAnswer("t", answer);
    assert.deepEqual(await store.keyedRequest("t", start), request("t", { answer }));
    await store.endNode("a");
    assert.deepEqual(await store.keyedRequest("s", start), request("s"), "cut short");
  },

  "of several claims in one commit the first one stands": async ({ store }) => {
    const claims = ["s", "s", "t", "s"].map((scope, at) =>
      store.claimKey(request(scope, { fingerprint: String(at) }), start),
    );
    const results = await Promise.allSettled(claims);
    assert.deepEqual(
      results.map((result) => (result.status === "rejected" ? result.reason.code : "claimed")),
      ["claimed", "idempotency_key_in_use", "claimed", "idempotency_key_in_use"],
    );
    assert.equal((await store.keyedRequest("s", start))?.fingerprint, "0");
  },

  "a message and the answer to its request are stored together, and a twin in the same commit stores nothing":
    async ({ store }) => {
      const keyed = request("s", { answer });
      const [first, twin, other] = [newMessage({ keyed }), newMessage({ keyed }), newMessage()];
      const results = await Promise.allSettled([first, twin, other].map((one) => store.acceptMessage(one)));
      assert.deepEqual(
        results.map(({ status }) => status),
        ["fulfilled", "rejected", "fulfilled"],
      );
      assert.equal(await statusOf(store, first.message.id), "accepted");
      assert.equal(await statusOf(store, twin.message.id), undefined);
      assert.deepEqual(await store.keyedRequest("s", start), keyed);
      await assert.rejects(send(store, { keyed }), { code: "idempotency_key_in_use" });
      assert.deepEqual((await store.counts()).calls, { queued: 2 });
    },

  "a message that cannot be stored leaves its request unknown": async ({ store }) => {
    await send(store, { token: "taken" });
    const keyed = request("s", { answer });
    await assert.rejects(send(store, { token: "taken", keyed }), { code: "conflict" });
    assert.equal(await store.keyedRequest("s", start), undefined);
    await send(store, { keyed });
    assert.deepEqual(await store.keyedRequest("s", start), keyed);
  },

  "work that came to nothing frees its key; an answer is never taken back or replaced": async ({ store }) => {
    await store.claimKey(request("s"), start);
    await store.releaseKey("s");
    assert.equal(await store.keyedRequest("s", start), undefined);
    await assert.rejects(store.keepAnswer("s", answer), { code: "conflict" });
    await store.claimKey(request("s"), start);
    await store.keepAnswer("s", answer);
    await assert.rejects(store.keepAnswer("s", { ...answer, body: "another" }), { code: "conflict" });
    await store.releaseKey("s");
    assert.deepEqual((await store.keyedRequest("s", start))?.answer, answer);
  },

  "an answer is known for seven days to the millisecond, and its key is free then": async ({ store }) => {
    // Older ones, of which the next new one does not clear away all.
    for (let n = 0; n < 9; n++)
      await store.claimKey(request(`older ${n}`, { expiresAt: start + weekMs - 2 }), start);
    const keyed = request("s", { answer });
    await send(store, { keyed });
    const last = start + weekMs - 1;
    assert.deepEqual(await store.keyedRequest("s", last), keyed);
    await assert.rejects(store.claimKey(request("s"), last), { code: "idempotency_key_in_use" });
    assert.equal(await store.keyedRequest("s", last + 1), undefined);
    const anew = request("s", { fingerprint: "g", expiresAt: last + weekMs });
    await store.claimKey(anew, last + 1);
    assert.deepEqual(await store.keyedRequest("s", last + 1), anew);
  },

  "expired answers go as new ones come, a few at a time, and none before its time": async ({ store }) => {
    const at = start + weekMs;
    await store.claimKey(request("young", { expiresAt: at + 1, answer }), start);
    for (let n = 0; n < 20; n++) {
      await store.claimKey(request(`old ${n}`, { answer }), start);
    }
    const left = async () => {
      const bodies = await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.keyedRequest(`old ${n}`, start)),
      );
      return bodies.filter(Boolean).length;
    };
    await store.claimKey(request("new 0", { expiresAt: at + weekMs }), at);
    assert.ok((await left()) >= 10, "never all at once");
    for (let n = 1; n < 20; n++) await store.claimKey(request(`new ${n}`, { expiresAt: at + weekMs }), at);
    assert.equal(await left(), 0);
    assert.deepEqual((await store.keyedRequest("young", at))?.answer, answer);
  },
};
