import { DatabaseSync } from "node:sqlite";
import type { Proof } from "../backing.ts";
import { isIntact } from "./checksum.ts";

const sealed = ["messages", "calls", "payloads", "app_payloads", "events", "channels", "endpoints"] as const;

/** What must be 0, and what it would mean if it were not. */
const invariants: readonly [sql: string, sentence: string][] = [
  [
    "SELECT count(*) AS n FROM calls c LEFT JOIN messages m ON m.id = c.message_id WHERE m.id IS NULL",
    "calls belong to no message",
  ],
  [
    `SELECT count(*) AS n FROM calls WHERE state NOT IN
       ('queued', 'sending', 'held', 'accepted', 'rejected', 'unknown', 'skipped', 'expired', 'cancelled')`,
    "calls are neither waiting, nor under way, nor ended",
  ],
  [
    `SELECT count(*) AS n FROM messages m WHERE m.direction = 'out' AND m.status IN ('accepted', 'sending')
       AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.message_id = m.id AND c.state IN ('queued', 'sending', 'held'))`,
    "messages wait for calls that have ended",
  ],
  [
    `SELECT abs((SELECT queued FROM backlog WHERE channel_id = '') - (SELECT count(*) FROM calls c
       JOIN channels ch ON ch.id = c.channel_id AND ch.removed_at IS NULL WHERE c.state IN ('queued', 'sending'))) AS n`,
    "calls are missing from the count of what waits",
  ],
  [
    `SELECT count(*) AS n FROM (SELECT conversation_id, max(json_extract(body, '$.sequence')) AS last FROM events
       WHERE conversation_id IS NOT NULL GROUP BY conversation_id) e
     JOIN conversations v ON v.id = e.conversation_id AND v.last_sequence < e.last`,
    "conversations count behind their own events",
  ],
];

/** Reads a closed database file through. Throws where it cannot be read at all. */
export function prove(file: string): Proof {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    const number = (sql: string) => Number(db.prepare(sql).get()?.n ?? 0);
    const shape = String(db.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
    if (shape !== "ok")
      return { faults: [`its structure is damaged (${shape})`], messages: 0, calls: {}, events: 0 };
    const damaged = sealed.flatMap((table) => {
      let count = 0;
      for (const row of db.prepare(`SELECT * FROM ${table}`).iterate()) if (!isIntact(table, row)) count++;
      return count > 0 ? [`${count} rows of ${table} do not fit their checksums`] : [];
    });
    const broken = invariants.flatMap(([sql, sentence]) => {
      const count = number(sql);
      return count > 0 ? [`${count} ${sentence}`] : [];
    });
    const calls = db.prepare("SELECT state, count(*) AS n FROM calls GROUP BY state").all();
    const newest = db.prepare("SELECT max(at) AS at FROM history").get()?.at;
    return {
      faults: [...damaged, ...broken],
      messages: number("SELECT count(*) AS n FROM messages"),
      calls: Object.fromEntries(calls.map(({ state, n }) => [String(state), Number(n)])),
      events: number("SELECT count(*) AS n FROM events"),
      ...(newest !== null && newest !== undefined && { newestAt: Number(newest) }),
    };
  } finally {
    db.close();
  }
}
