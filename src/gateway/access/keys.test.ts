import assert from "node:assert/strict";
import { test } from "node:test";
import { GatewayError } from "../../core/problem.ts";
import type { KeyRow } from "../../store/authorizing.ts";
import { hashKey } from "../secret.ts";
import { bootstrapId, newKeyText } from "./key-text.ts";
import { Keys } from "./keys.ts";

const start = Date.UTC(2026, 0, 1);

/** Keys over a store in memory that counts its writes, at a time that the test sets. */
async function opened(rows: KeyRow[] = [], formerHash?: string) {
  const time = { ms: start };
  const writes: [id: string, change: object][] = [];
  const store = {
    keys: async () => rows,
    setting: async () => formerHash,
    addKey: async (key: KeyRow) => void writes.push([key.id, key]),
    updateKey: async (id: string, change: object) => void writes.push([id, change]),
  };
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const clock = { now: () => time.ms };
  const keys = new Keys({ store, clock, log } as unknown as ConstructorParameters<typeof Keys>[0]);
  await keys.load();
  return { keys, time, writes, store, rows };
}

function made(id: string, change: Partial<KeyRow> = {}): { text: string; row: KeyRow } {
  const text = newKeyText(id);
  const rights: Pick<KeyRow, "scopes" | "channels"> = { scopes: ["read"], channels: ["c1"] };
  return { text, row: { id, name: "reader", hash: hashKey(text), ...rights, createdAt: start, ...change } };
}

test("a key lets its own caller in, with its name, its scopes and its channels", async () => {
  const { text, row } = made("key_0123456789ab");
  const { keys } = await opened([row]);
  const caller = { keyId: row.id, name: "reader", scopes: ["read"], channels: ["c1"] };
  assert.deepEqual(keys.authenticate(text), { caller });
  assert.deepEqual(keys.caller(row.id), caller);
});

test("of two gateways that start on one store at once one makes the first key, and both go on with it", async () => {
  const rows: KeyRow[] = [];
  const [first, second] = [await opened(rows), await opened(rows)];
  for (const { store } of [first, second])
    store.addKey = async (key: KeyRow) => {
      if (rows.some(({ id }) => id === key.id)) throw new GatewayError("conflict", "This exists already.");
      rows.push(key);
    };
  const [mine, others] = [newKeyText(bootstrapId), newKeyText(bootstrapId)];
  assert.equal(await first.keys.firstBootstrap(hashKey(mine)), true);
  assert.equal(await second.keys.firstBootstrap(hashKey(others)), false);
  assert.ok("caller" in second.keys.authenticate(mine));
  assert.ok("reason" in second.keys.authenticate(others));
  // One that is set is the same on both, and nothing is left to do.
  const [third, fourth] = [await opened([]), await opened([])];
  fourth.store.addKey = async () => {
    fourth.rows.push(...third.writes.map(([, key]) => key as KeyRow));
    throw new GatewayError("conflict", "This exists already.");
  };
  for (const { keys } of [third, fourth]) await keys.bootstrap(hashKey("the key of all the nodes"));
  assert.deepEqual(fourth.writes, []);
  assert.ok("caller" in fourth.keys.authenticate("the key of all the nodes"));
});

test("a wrong secret and an unknown id are told apart by nothing", async () => {
  const { row } = made("key_0123456789ab");
  const { keys } = await opened([row]);
  const wrong = keys.authenticate(newKeyText(row.id));
  const stranger = keys.authenticate(newKeyText("key_ffffffffffff"));
  assert.deepEqual(wrong, { reason: "This API key is not valid here.", claimedId: row.id });
  assert.deepEqual(stranger, { ...wrong, claimedId: "key_ffffffffffff" });
});

test("a key that is mistyped is told so; one of another form is not valid", async () => {
  const { text, row } = made("key_0123456789ab");
  const { keys } = await opened([row]);
  const mistyped = keys.authenticate(text.slice(0, -1));
  assert.match("reason" in mistyped ? mistyped.reason : "", /mistyped or cut short/);
  const other = keys.authenticate("a key of another form");
  assert.match("reason" in other ? other.reason : "", /not valid here/);
});

test("a key lets nobody in from the millisecond of its end, nor once it is revoked, and says since when", async () => {
  const { text, row } = made("key_0123456789ab", { expiresAt: start + 10 });
  const { keys, time } = await opened([row]);
  time.ms = start + 9;
  assert.ok("caller" in keys.authenticate(text));
  time.ms = start + 10;
  assert.deepEqual(keys.authenticate(text), { reason: "This API key expired at 2026-01-01T00:00:00.010Z." });
  assert.equal(keys.caller(row.id), undefined);
  await keys.update(row.id, { expiresAt: undefined });
  assert.ok("caller" in keys.authenticate(text));
  const told: string[] = [];
  keys.changed.listen((id) => void told.push(id));
  await keys.revoke(row.id);
  assert.deepEqual(keys.authenticate(text), {
    reason: "This API key was revoked at 2026-01-01T00:00:00.010Z.",
  });
  assert.deepEqual([keys.get(row.id), keys.all(), told], [undefined, [], [row.id]]);
});

test("the use of a key is written every five minutes at most", async () => {
  const { text, row } = made("key_0123456789ab");
  const { keys, time, writes } = await opened([row]);
  for (const atMs of [0, 1, 299_999, 300_000, 300_001]) {
    time.ms = start + atMs;
    keys.authenticate(text);
  }
  const used = [start, start + 300_000].map((lastUsedAt) => [row.id, { lastUsedAt }]);
  assert.deepEqual(writes, used);
  assert.equal(keys.get(row.id)?.lastUsedAt, start + 300_000);
});

test("the key of an older version becomes the bootstrap key, and what was asked with it keeps its scope", async () => {
  const old = `ak_${"0f".repeat(24)}`;
  const { keys } = await opened([], hashKey(old));
  const admitted = keys.authenticate(old);
  assert.ok("caller" in admitted);
  assert.deepEqual(admitted.caller, {
    keyId: bootstrapId,
    name: "bootstrap",
    scopes: ["admin"],
    channels: [],
  });
  assert.equal(keys.idempotencyScope(bootstrapId), hashKey(old));
  assert.equal((await opened()).keys.idempotencyScope(bootstrapId), bootstrapId);
  await keys.bootstrap(hashKey("another-key-0123456789"));
  assert.equal("caller" in keys.authenticate(old), false);
  assert.ok("caller" in keys.authenticate("another-key-0123456789"));
  assert.equal(keys.idempotencyScope(bootstrapId), hashKey(old));
});

test("a bootstrap key that was revoked stays so unless it gets another secret", async () => {
  const { keys } = await opened();
  assert.equal(keys.hasBootstrap, false);
  await keys.bootstrap(hashKey("first-key-0123456789"));
  assert.equal(keys.isRevokedBootstrap("first-key-0123456789"), false);
  await keys.revoke(bootstrapId);
  assert.equal(keys.isRevokedBootstrap("first-key-0123456789"), true);
  assert.equal(keys.isRevokedBootstrap("other-key-0123456789"), false);
  await keys.bootstrap(hashKey("other-key-0123456789"));
  assert.ok("caller" in keys.authenticate("other-key-0123456789"));
});

test("a bootstrap key in the form of a key is taken by what it is, whatever id it claims", async () => {
  const { text, row } = made("key_0123456789ab");
  const { keys } = await opened([row]);
  await keys.bootstrap(hashKey(text));
  const admitted = keys.authenticate(text);
  assert.equal("caller" in admitted && admitted.caller.keyId, bootstrapId);
});
