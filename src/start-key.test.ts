import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../test/support/fake-clock.ts";
import { bootstrapId } from "./gateway/access/key-text.ts";
import { Keys } from "./gateway/access/keys.ts";
import { soleTenure } from "./gateway/nodes/tenure.ts";
import { hashKey } from "./gateway/secret.ts";
import { takeStartKey } from "./start-key.ts";
import type { AuditEntry } from "./store/auditing.ts";
import type { KeyRow } from "./store/authorizing.ts";

const [first, other] = [hashKey("the first key of the start"), hashKey("another key of the start")];

/** A start beside one node that is in the store, and beats or was killed. */
async function started({ isShared, isAlive }: { isShared: boolean; isAlive: boolean }) {
  const rows = new Map<string, KeyRow>();
  const audit: AuditEntry[] = [];
  const warned: string[] = [];
  const clock = new FakeClock(Date.UTC(2026, 10, 22));
  let beat = 1;
  const store = {
    keys: async () => [...rows.values()],
    setting: async () => undefined,
    addKey: async (key: KeyRow) => void rows.set(key.id, key),
    updateKey: async (id: string, change: Partial<KeyRow>) =>
      void rows.set(id, { ...rows.get(id)!, ...change }),
    addAudit: async (entry: AuditEntry) => void audit.push(entry),
    cluster: async () => ({ nodes: [{ id: "node", beat: isAlive ? beat++ : beat }], leases: [], names: [] }),
  };
  const log = { warn: (_fields: object, message: string) => warned.push(message) };
  const tools = { store, clock, log, tenure: { ...soleTenure, isShared } };
  const keys = new Keys(tools as unknown as ConstructorParameters<typeof Keys>[0]);
  await keys.load();
  const take = async (hash: string) => {
    let isOver = false;
    const taken = takeStartKey({ ...tools, keys } as unknown as Parameters<typeof takeStartKey>[0], hash);
    const over = () => {
      isOver = true;
    };
    taken.then(over, over);
    while (!isOver) {
      clock.advance(100);
      await new Promise(setImmediate);
    }
    return taken;
  };
  return { take, keys, audit, warned, hash: () => rows.get(bootstrapId)?.hash };
}

test("a start with another key than that of a node that runs is refused, and theirs stays", async () => {
  const { take, warned, audit, hash } = await started({ isShared: true, isAlive: true });
  await take(first);
  await take(first);
  await assert.rejects(take(other), {
    code: "conflict",
    detail: /^ANTIPHON_API_KEY .* the same ANTIPHON_API_KEY/,
  });
  assert.equal(hash(), first);
  assert.deepEqual([warned, audit], [[], []]);
});

for (const isShared of [true, false]) {
  const where = isShared ? "where the other nodes have ended" : "of one gateway alone";
  test(`another key of the start is taken ${where}, and that is logged and audited`, async () => {
    const { take, warned, audit, hash } = await started({ isShared, isAlive: !isShared });
    await take(first);
    await take(other);
    assert.equal(hash(), other);
    assert.deepEqual(warned, [
      "the API key of the start was replaced: the former one is refused from now on",
    ]);
    assert.deepEqual(
      audit.map(({ action, target, status }) => [action, target, status]),
      [["start", bootstrapId, 200]],
    );
  });
}

test("a key of the start that was revoked is nobody's: another is taken beside nodes that run", async () => {
  const { take, keys, hash } = await started({ isShared: true, isAlive: true });
  await take(first);
  await keys.revoke(bootstrapId);
  await take(other);
  assert.equal(hash(), other);
  assert.ok(keys.get(bootstrapId));
});
