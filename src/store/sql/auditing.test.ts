import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import type { AuditEntry } from "../auditing.ts";
import { start, steadyOf } from "../conformance/harness.ts";
import { openStore } from "../conformance/sqlite-place.ts";

const entry = (at: number, more: Partial<AuditEntry> = {}): AuditEntry => ({
  at,
  keyId: "key_1",
  keyName: "ops",
  action: "PATCH /v1/channels/{id}",
  target: `channel-${at}`,
  fields: ["name"],
  address: "10.0.0.1",
  status: 200,
  ...more,
});

/** A store with five entries, what `tamper` does to its file, and what the check says then. */
async function checked(tamper: string) {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-audit-"));
  const file = join(folder, "antiphon.db");
  try {
    const store = await openStore(file);
    await Promise.all([1, 2, 3, 4, 5].map((at) => store.addAudit(entry(at))));
    assert.equal((await store.checkAudit()).broken, undefined);
    await store.close();
    const db = new DatabaseSync(file);
    db.exec(tamper);
    db.close();
    const again = await openStore(file);
    const check = await again.checkAudit();
    await again.close();
    return check;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const tampering: [what: string, sql: string, broken: number | undefined][] = [
  ["nothing", "SELECT 1", undefined],
  ["an entry that is changed", "UPDATE audit SET key_name = 'somebody else' WHERE number = 3", 3],
  ["an entry that is taken out", "DELETE FROM audit WHERE number = 2", 2],
  ["the last that is taken off", "DELETE FROM audit WHERE number = 5", 5],
  ["the first that is taken off", "DELETE FROM audit WHERE number = 1", 1],
  ["all that are taken away", "DELETE FROM audit", 1],
  [
    "one that is added",
    "INSERT INTO audit SELECT 6, at, key_id, key_name, action, target, fields, address, status, hash FROM audit WHERE number = 5",
    6,
  ],
];
for (const [what, sql, broken] of tampering) {
  test(`the check of the audit log tells of ${what}`, async () => {
    assert.equal((await checked(sql)).broken, broken);
  });
}

test("old entries are dropped from the front, and what is left still fits together", async () => {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-audit-"));
  const store = await openStore(join(folder, "antiphon.db"));
  for (let at = 1; at <= 5; at++) await store.addAudit(entry(start + at));
  await store.addAudit(entry(start, { target: "late", status: 403 }));
  const ages = { at: start, auditBefore: start + 3 };
  for (let from: { kind: string; after: string } | undefined = { kind: "audit", after: "" }; from; )
    from = (await store.dropAgedShared(ages, steadyOf(start), from)).next;
  const page = await store.audit({ limit: 10 });
  assert.deepEqual(
    page.rows.map(({ number }) => number),
    [6, 5, 4, 3],
  );
  const { broken, head } = await store.checkAudit();
  assert.deepEqual([broken, head], [undefined, { number: 6, hash: page.rows[0]!.hash }]);
  assert.deepEqual(
    (await store.audit({ limit: 10, target: "late" })).rows.map(({ status }) => status),
    [403],
  );
  await store.close();
  rmSync(folder, { recursive: true });
});
