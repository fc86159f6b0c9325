import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock, steadyStart } from "../../../test/support/fake-clock.ts";
import type { Log } from "../../core/log.ts";
import { GatewayError } from "../../core/problem.ts";
import type { KeyedRequest } from "../../store/rows.ts";
import type { Store } from "../../store/store.ts";
import { soleTenure } from "../nodes/tenure.ts";
import { type Answer, KeyedRequests, type Turn } from "./idempotency.ts";

const now = Date.UTC(2026, 10, 22);
const weekMs = 7 * 86_400_000;
const done: Answer = { status: 201, contentType: "application/json", body: '{"id":1}' };

/** The store's part of it, in memory; `failing` says which intention a full disk refuses. */
function opened({ waitMs, failing }: { waitMs?: number; failing?: string } = {}) {
  const known = new Map<string, KeyedRequest>();
  const logged: string[] = [];
  const clock = new FakeClock(now);
  const intend = async (name: string, work: () => void) => {
    await new Promise(setImmediate);
    if (name === failing) throw new GatewayError("unavailable", "The disk is full.");
    work();
  };
  const store = {
    keyedRequest: async (scope: string) => known.get(scope),
    claimKey: (request: KeyedRequest) =>
      intend("claimKey", () => {
        if (known.has(request.scope)) throw new GatewayError("idempotency_key_in_use", "It came before.");
        known.set(request.scope, request);
      }),
    keepAnswer: (scope: string, answer: Answer) =>
      intend("keepAnswer", () => known.set(scope, { ...known.get(scope)!, answer })),
    releaseKey: (scope: string) => intend("releaseKey", () => known.delete(scope)),
  } as unknown as Store;
  const log = { error: (_fields: object, message: string) => logged.push(message) } as unknown as Log;
  const tools = { store, log, clock, tenure: soleTenure };
  const atNode = (id: string) => new KeyedRequests({ ...tools, tenure: { ...soleTenure, id } }, waitMs);
  return { known, logged, clock, restarted: () => new KeyedRequests(tools, waitMs), atNode };
}

async function turnOf(requests: KeyedRequests, storedWith: "claim" | "work" = "claim"): Promise<Turn> {
  const begun = await requests.begin("s", "f", storedWith);
  assert.equal(begun.kind, "turn");
  return (begun as { turn: Turn }).turn;
}

test("the first request works, twins wait for its answer, and later ones get it, after a restart too", async () => {
  const { known, restarted } = opened();
  const requests = restarted();
  const first = requests.begin("s", "f", "claim");
  const twins = Array.from({ length: 5 }, () => requests.begin("s", "f", "claim"));
  const begun = await first;
  assert.ok(begun.kind === "turn");
  assert.deepEqual(
    known.get("s"),
    { scope: "s", fingerprint: "f", expiresAt: steadyStart + weekMs },
    "claimed first",
  );
  await begun.turn.end(done);
  const replay = { kind: "replay", answer: done };
  assert.deepEqual(await Promise.all(twins), Array(5).fill(replay));
  assert.deepEqual(await requests.begin("s", "f", "claim"), replay);
  assert.deepEqual(await restarted().begin("s", "f", "claim"), replay);
});

test("work that stores its own answer is not claimed before", async () => {
  const { known, restarted } = opened();
  const requests = restarted();
  const turn = await turnOf(requests, "work");
  assert.equal(known.size, 0);
  known.set("s", { ...turn.request, answer: done });
  const twin = requests.begin("s", "f", "work");
  await turn.end(done);
  assert.deepEqual(await twin, { kind: "replay", answer: done });
});

test("another body is refused, while the first request is under way and after it", async () => {
  const { restarted } = opened();
  const requests = restarted();
  const turn = await turnOf(requests);
  const reused = { code: "idempotency_key_reused" };
  await assert.rejects(requests.begin("s", "g", "claim"), reused);
  await turn.end(done);
  await assert.rejects(requests.begin("s", "g", "claim"), reused);
  await assert.rejects(restarted().begin("s", "g", "claim"), reused);
});

test("a twin does not wait for ever", async () => {
  const { clock, restarted } = opened({ waitMs: 10 });
  const requests = restarted();
  const turn = await turnOf(requests);
  const twin = requests.begin("s", "f", "claim");
  clock.jump(3_600_000);
  clock.advance(10);
  await assert.rejects(twin, { code: "idempotency_key_in_use" });
  await turn.end(done);
  assert.equal((await requests.begin("s", "f", "claim")).kind, "replay");
});

test("a refusal is told to the twins that wait, and frees the key", async () => {
  const { known, restarted } = opened();
  const requests = restarted();
  for (const status of [422, 503]) {
    const refusal = { ...done, status, retryAfter: "1" };
    const turn = await turnOf(requests);
    const twin = requests.begin("s", "f", "claim");
    await turn.end(refusal);
    assert.deepEqual(await twin, { kind: "replay", answer: refusal });
    assert.equal(known.size, 0);
  }
  assert.equal((await requests.begin("s", "another body", "claim")).kind, "turn");
});

test("work that a crash cut short is told as such, with its time, and not begun again", async () => {
  const { restarted } = opened();
  await turnOf(restarted());
  const interrupted = { code: "idempotency_key_interrupted", detail: /began at 2026-11-22T00:00:00.000Z/ };
  for (let n = 0; n < 2; n++) await assert.rejects(restarted().begin("s", "f", "claim"), interrupted);
  const requests = restarted();
  const both = [requests.begin("s", "f", "claim"), requests.begin("s", "f", "claim")];
  for (const one of both) await assert.rejects(one, interrupted);
});

test("a request that is under way at another node is waited for, then told as in use, and as cut short only when that node has ended", async () => {
  const { known, clock, atNode } = opened({ waitMs: 1_000 });
  const [one, other] = [atNode("a"), atNode("b")];
  const turn = await turnOf(one);
  assert.equal(known.get("s")?.node, "a");
  const passing = async (work: Promise<unknown>) => {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    work.then(over, over);
    while (!isOver) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
    return work;
  };
  const inUse = { code: "idempotency_key_in_use" };
  await assert.rejects(passing(other.begin("s", "f", "claim")), inUse);
  await assert.rejects(other.begin("s", "another body", "claim"), { code: "idempotency_key_reused" });
  const waiting = other.begin("s", "f", "claim");
  await turn.end(done);
  known.set("s", { ...known.get("s")!, answer: done, node: undefined as never });
  assert.deepEqual(await passing(waiting), { kind: "replay", answer: done });
  // As the store tells of a node that has ended.
  known.set("t", { scope: "t", fingerprint: "f", expiresAt: clock.steady() + weekMs });
  await assert.rejects(other.begin("t", "f", "claim"), { code: "idempotency_key_interrupted" });
});

test("of two nodes that claim a key at once one works, and the other waits for its answer", async () => {
  const { known, clock, atNode } = opened();
  const nodes = [atNode("a"), atNode("b")];
  const begun = nodes.map((node) => node.begin("s", "f", "claim"));
  const first = await Promise.race(begun);
  assert.ok(first.kind === "turn");
  await first.turn.end(done);
  known.set("s", { ...known.get("s")!, node: undefined as never });
  const all = Promise.all(begun);
  let isOver = false;
  void all.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    clock.advance(100);
    await new Promise(setImmediate);
  }
  assert.deepEqual(
    (await all).filter(({ kind }) => kind === "replay"),
    [{ kind: "replay", answer: done }],
  );
});

test("where the claim cannot be stored no work begins, and the next one tries again", async () => {
  const requests = opened({ failing: "claimKey" }).restarted();
  const unavailable = { code: "unavailable" };
  const both = [requests.begin("s", "f", "claim"), requests.begin("s", "f", "claim")];
  for (const one of both) await assert.rejects(one, unavailable);
  await assert.rejects(requests.begin("s", "f", "claim"), unavailable);
});

test("where the answer cannot be stored its twins get it, and a later repetition is told that it was cut short", async () => {
  const { logged, restarted } = opened({ failing: "keepAnswer" });
  const requests = restarted();
  const turn = await turnOf(requests);
  const twin = requests.begin("s", "f", "claim");
  await turn.end(done);
  assert.deepEqual(await twin, { kind: "replay", answer: done });
  assert.equal(logged.length, 1);
  await assert.rejects(requests.begin("s", "f", "claim"), { code: "idempotency_key_interrupted" });
});
