import { createHash } from "node:crypto";
import type { AuditCheck, AuditEntry, AuditFilter, AuditRow } from "../auditing.ts";
import type { Store } from "../store.ts";
import { conditions, keyBelow, pageOf } from "./columns.ts";
import type { Db, Work } from "./db.ts";

type AuditingPart = Pick<Store, "addAudit" | "audit" | "checkAudit">;

interface StoredAudit {
  number: number;
  at: number;
  key_id: string;
  key_name: string;
  action: string;
  target: string | null;
  fields: string;
  address: string;
  status: number;
  hash: string;
}

interface End {
  number: number;
  hash: string;
}

const none: End = { number: 0, hash: "" };
const checkedAtATime = 1_000;

export function auditingPart(db: Db): AuditingPart {
  return {
    addAudit: (entry) => db.write(() => append(db, entry)),
    audit: (filter) => db.survey(() => list(db, filter)),
    checkAudit: (after) => db.survey(() => check(db, after)),
  };
}

function* append(db: Db, entry: AuditEntry): Work<AuditRow> {
  const head = yield* end(db, "audit_head");
  const row = {
    number: head.number + 1,
    at: entry.at,
    key_id: entry.keyId,
    key_name: entry.keyName,
    action: entry.action,
    target: entry.target ?? null,
    fields: JSON.stringify(entry.fields),
    address: entry.address,
    status: entry.status,
  };
  const hash = hashOf(head.hash, row);
  yield* db.insert("audit", { ...row, hash });
  yield* keepEnd(db, "audit_head", { number: row.number, hash });
  return auditRow({ ...row, hash });
}

function hashOf(before: string, row: Omit<StoredAudit, "hash">): string {
  const { number, at, key_id, key_name, action, target, fields, address, status } = row;
  const text = JSON.stringify([
    before,
    number,
    at,
    key_id,
    key_name,
    action,
    target,
    fields,
    address,
    status,
  ]);
  return createHash("sha256").update(text).digest("hex");
}

function* end(db: Pick<Db, "one">, key: "audit_head" | "audit_base"): Work<End> {
  const row = yield* db.one<{ value: string }>("SELECT value FROM settings WHERE key = ?", key);
  return row ? (JSON.parse(row.value) as End) : none;
}

function* keepEnd(db: Db, key: "audit_head" | "audit_base", value: End): Work<void> {
  const sql = "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
  yield* db.run(sql, key, JSON.stringify(value));
}

function* list(db: Db, filter: AuditFilter) {
  const where = conditions({ "+action": filter.action, target: filter.target, "+key_id": filter.keyId });
  const rows = yield* db.all<StoredAudit>(
    `SELECT * FROM audit WHERE number < ?${where.sql} ORDER BY number DESC LIMIT ?`,
    keyBelow(filter.after),
    ...where.values,
    filter.limit + 1,
  );
  const page = pageOf(rows, filter.limit, (row) => row.number);
  return { ...page, rows: page.rows.map(auditRow) };
}

/** From the entry before the first to the last that was added: each must be there, and fit the one before it. */
function* check(db: Pick<Db, "one" | "all">, after: number | undefined): Work<AuditCheck> {
  const head = yield* end(db, "audit_head");
  let before = after === undefined ? yield* end(db, "audit_base") : yield* hashAt(db, after);
  const rows = yield* db.all<StoredAudit>(
    `SELECT * FROM audit WHERE number > ? ORDER BY number LIMIT ${checkedAtATime}`,
    after ?? -1,
  );
  for (const row of rows) {
    if (row.number !== before.number + 1 || row.hash !== hashOf(before.hash, row))
      return { broken: before.number + 1 };
    before = { number: row.number, hash: row.hash };
  }
  if (rows.length === checkedAtATime) return { next: before.number };
  return before.number === head.number && before.hash === head.hash
    ? { head }
    : { broken: before.number + 1 };
}

/** The whole chain in one go, for a file that nobody else waits for: a sentence where it is broken. */
export function* brokenAudit(db: Pick<Db, "one" | "all">): Work<string[]> {
  for (let after: number | undefined; ; ) {
    const found = yield* check(db, after);
    if ("broken" in found) return [`its audit log does not fit together at entry ${found.broken}`];
    if ("head" in found) return [];
    after = found.next;
  }
}

function* hashAt(db: Pick<Db, "one">, number: number): Work<End> {
  return (yield* db.one<End>("SELECT number, hash FROM audit WHERE number = ?", number)) ?? none;
}

/** From the front, so that what is left still fits together. */
export function* dropAudit(db: Db, before: number): Work<{ dropped: number; after: string | undefined }> {
  const rows = yield* db.all<StoredAudit>(`SELECT * FROM audit ORDER BY number LIMIT ${checkedAtATime}`);
  const young = rows.findIndex(({ at }) => at >= before);
  const old = young === -1 ? rows : rows.slice(0, young);
  const last = old.at(-1);
  if (!last) return { dropped: 0, after: undefined };
  yield* db.run("DELETE FROM audit WHERE number <= ?", last.number);
  yield* keepEnd(db, "audit_base", { number: last.number, hash: last.hash });
  return { dropped: old.length, after: old.length === checkedAtATime ? "" : undefined };
}

function auditRow(row: StoredAudit): AuditRow {
  return {
    number: row.number,
    at: row.at,
    keyId: row.key_id,
    keyName: row.key_name,
    action: row.action,
    ...(row.target !== null && { target: row.target }),
    fields: JSON.parse(row.fields),
    address: row.address,
    status: row.status,
    hash: row.hash,
  };
}
