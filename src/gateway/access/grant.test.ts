import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../core/caller.ts";
import type { KeyRow } from "../../store/authorizing.ts";
import { changeKey, makeKey, rotateKey } from "./grant.ts";
import { Keys } from "./keys.ts";

const start = Date.UTC(2026, 0, 1);
const rights: Pick<KeyRow, "scopes" | "channels"> = { scopes: ["admin"], channels: [] };
const row = (id: string, change: Partial<KeyRow> = {}): KeyRow => ({
  id,
  name: id,
  hash: "00",
  ...rights,
  createdAt: start,
  ...change,
});

/** Keys over a store that counts what is written, with a caller as its key was before it ended. */
async function opened(own: Partial<KeyRow>) {
  const written: string[] = [];
  const store = {
    keys: async () => [row("key_caller", own), row("key_other")],
    setting: async () => undefined,
    addKey: async ({ id }: KeyRow) => void written.push(id),
    updateKey: async (id: string) => void written.push(id),
  };
  const clock = { now: () => start };
  const log = { info() {}, warn() {} };
  const keys = new Keys({ store, clock, log } as unknown as ConstructorParameters<typeof Keys>[0]);
  await keys.load();
  const tools = { keys, clock, log } as unknown as Parameters<typeof makeKey>[0];
  const caller: Caller = { keyId: "key_caller", name: "caller", ...rights };
  return { tools, caller, other: keys.get("key_other")!, written };
}

for (const [what, own, code] of [
  ["is revoked", { revokedAt: start - 1 }, "unauthorized"],
  ["has expired", { expiresAt: start }, "unauthorized"],
  ["is not admin any more", { scopes: ["manage"] }, "forbidden"],
  ["is limited to a channel", { channels: ["c1"] }, "forbidden"],
] satisfies [string, Partial<KeyRow>, string][])
  test(`a key that ${what} gives no rights, whatever it had when its request came`, async () => {
    const { tools, caller, other, written } = await opened(own);
    const wish = { name: "mine for ever", scopes: rights.scopes, channels: [], expiresAt: start + 1 };
    await assert.rejects(makeKey(tools, caller, wish), { code });
    await assert.rejects(changeKey(tools, caller, other, { scopes: ["admin"] }), { code });
    await assert.rejects(rotateKey(tools, caller, other), { code });
    assert.deepEqual(written, []);
  });
