import assert from "node:assert/strict";
import type { KeyRow } from "../authorizing.ts";
import { type Cases, start } from "./harness.ts";

function key(id: string, change: Partial<KeyRow> = {}): KeyRow {
  return {
    id,
    name: id,
    hash: `hash of ${id}`,
    scopes: ["admin"],
    channels: [],
    createdAt: start,
    ...change,
  };
}

export const keyCases: Cases = {
  "keys are kept as they were made, the oldest first, through a restart": async (opened) => {
    const limited = key("key_b", { scopes: ["send", "read"], channels: ["c1", "c2"], expiresAt: start + 5 });
    const later = key("key_a", { createdAt: start + 1, lastUsedAt: start + 2, revokedAt: start + 3 });
    for (const one of [later, limited]) await opened.store.addKey(one);
    assert.deepEqual(await opened.store.keys(), [limited, later]);
    assert.deepEqual(await (await opened.reopen()).keys(), [limited, later]);
  },

  "an id is taken once": async ({ store }) => {
    await store.addKey(key("key_a"));
    await assert.rejects(store.addKey(key("key_a", { hash: "another" })), { code: "conflict" });
    assert.deepEqual(await store.keys(), [key("key_a")]);
  },

  "a change touches what it names, and empties what it names as undefined": async ({ store }) => {
    await store.addKey(key("key_a"));
    await store.addKey(key("key_b", { expiresAt: start + 5 }));
    await store.updateKey("key_b", { name: "other", scopes: ["read"], channels: ["c1"], hash: "h" });
    const changed = key("key_b", { name: "other", scopes: ["read"], channels: ["c1"], hash: "h" });
    assert.deepEqual((await store.keys())[1], { ...changed, expiresAt: start + 5 });
    await store.updateKey("key_b", { expiresAt: undefined, lastUsedAt: start + 7 });
    assert.deepEqual((await store.keys())[1], { ...changed, lastUsedAt: start + 7 });
    await store.updateKey("key_b", { revokedAt: start + 8 });
    await store.updateKey("key_b", { revokedAt: undefined });
    assert.deepEqual((await store.keys())[1], { ...changed, lastUsedAt: start + 7 });
    await assert.rejects(store.updateKey("key_c", { name: "nobody" }), { code: "not_found" });
  },

  "the last key that is admin of everything for good can be neither revoked nor lessened": async ({
    store,
  }) => {
    await store.addKey(key("key_last"));
    await store.addKey(key("key_ends", { expiresAt: start + 5 }));
    await store.addKey(key("key_limited", { channels: ["c1"] }));
    await store.addKey(key("key_manages", { scopes: ["manage"] }));
    const before = await store.keys();
    const lessened: Partial<KeyRow>[] = [
      { revokedAt: start },
      { expiresAt: start + 9 },
      { scopes: ["send", "read", "manage"] },
      { channels: ["c1"] },
    ];
    for (const change of lessened)
      await assert.rejects(store.updateKey("key_last", change), { code: "conflict" }, JSON.stringify(change));
    assert.deepEqual(await store.keys(), before);
    await store.updateKey("key_last", { name: "renamed", hash: "replaced" });
    for (const other of ["key_ends", "key_limited", "key_manages"])
      await store.updateKey(other, { revokedAt: start });
  },

  "of two such keys that are revoked at once one stays": async ({ store }) => {
    for (const id of ["key_a", "key_b"]) await store.addKey(key(id));
    const revoked = ["key_a", "key_b"].map((id) => store.updateKey(id, { revokedAt: start }));
    const results = await Promise.allSettled(revoked);
    assert.deepEqual(results.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.equal((await store.keys()).filter((one) => one.revokedAt === undefined).length, 1);
  },

  "a key gets no right of one that is revoked, narrowed or gone in the same commit before it": async ({
    store,
  }) => {
    await store.addKey(key("key_owner"));
    for (const id of ["key_gone", "key_narrowed", "key_given"]) await store.addKey(key(id));
    const codes = async (tries: Promise<void>[]) =>
      (await Promise.allSettled(tries)).map((one) => (one.status === "rejected" ? one.reason.code : "made"));
    const told = await codes([
      store.addKey(key("key_earlier"), "key_gone"),
      store.updateKey("key_gone", { revokedAt: start }),
      store.addKey(key("key_child"), "key_gone"),
      store.updateKey("key_given", { hash: "another" }, "key_gone"),
      store.updateKey("key_narrowed", { scopes: ["read"] }),
      store.addKey(key("key_wide"), "key_narrowed"),
      store.addKey(key("key_reader", { scopes: ["read"] }), "key_narrowed"),
      store.addKey(key("key_orphan"), "key_nobody"),
    ]);
    const [over, tooMuch] = ["unauthorized", "forbidden"];
    assert.deepEqual(told, ["made", "made", over, over, "made", tooMuch, "made", over]);
    const left = (await store.keys()).map(({ id }) => id);
    const all = ["key_earlier", "key_given", "key_gone", "key_narrowed", "key_owner", "key_reader"];
    assert.deepEqual(left.toSorted(), all);
    assert.notEqual((await store.keys()).find(({ id }) => id === "key_given")?.hash, "another");
  },
};
