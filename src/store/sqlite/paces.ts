import type { PaceRow } from "../rows.ts";
import type { Db } from "./connection.ts";

/** Calls that begin together may be stored in another order: what is fuller never makes emptier. */
export function keepPaces(db: Db, paces: readonly PaceRow[]): void {
  const sql = `INSERT INTO paces VALUES (?, ?)
    ON CONFLICT DO UPDATE SET full_at = max(full_at, excluded.full_at)`;
  for (const { key, fullAt } of paces) db.run(sql, key, fullAt);
}

export function readPaces(db: Db, after: number): PaceRow[] {
  return db
    .all<{ key: string; full_at: number }>("SELECT key, full_at FROM paces WHERE full_at > ?", after)
    .map((row) => ({ key: row.key, fullAt: row.full_at }));
}

export function forgetPaces(db: Db, until: number): void {
  db.run("DELETE FROM paces WHERE full_at <= ?", until);
}
