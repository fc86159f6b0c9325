import type { PaceRow } from "../rows.ts";
import type { Db, Work } from "./db.ts";

/** Calls that begin together may be stored in another order: what is fuller never makes emptier. */
export function* keepPaces(db: Db, channelId: string, paces: readonly PaceRow[] = []): Work<void> {
  if (paces.length === 0) return;
  const fullest = new Map<string, number>();
  for (const { key, fullAt } of paces) fullest.set(key, Math.max(fullAt, fullest.get(key) ?? fullAt));
  const rows = [...fullest].map(() => "(?, ?, ?)").join(", ");
  yield* db.run(
    `INSERT INTO paces (channel_id, key, full_at) VALUES ${rows}
     ON CONFLICT (key) DO UPDATE SET full_at = excluded.full_at WHERE excluded.full_at > paces.full_at`,
    ...[...fullest].flatMap(([key, fullAt]) => [channelId, key, fullAt]),
  );
}

export function* readPaces(db: Db, after: number): Work<PaceRow[]> {
  const sql = "SELECT key, full_at FROM paces WHERE full_at > ?";
  const rows = yield* db.all<{ key: string; full_at: number }>(sql, after);
  return rows.map((row) => ({ key: row.key, fullAt: row.full_at }));
}

export function* forgetPaces(db: Db, until: number): Work<void> {
  yield* db.run("DELETE FROM paces WHERE full_at <= ?", until);
}
