import { crc32 } from "node:zlib";
import type { PlatformProblem } from "../../core/problem.ts";
import type { Db, Value, Work } from "./db.ts";

/**
 * What is sent or told of each row, and never changes but by an edit or an erasure. SQLite does not notice a byte of a
 * text that the disk gives back otherwise than it was written (tried), so nothing of a row is believed that its
 * checksum does not fit. What changes on the way (states, times, tries) is not covered.
 */
const covered = {
  messages: [
    "id",
    "direction",
    "channel_id",
    "address",
    "content",
    "created_at",
    "token",
    "metadata",
    "policy",
    "options",
    "adaptation",
    "choices",
  ],
  calls: ["id", "message_id", "channel_id", "position", "call"],
  payloads: ["channel_id", "received_at", "body"],
  app_payloads: ["app_id", "received_at", "body"],
  events: ["id", "type", "channel_id", "body"],
  // Where it goes and as what; their secrets prove themselves.
  channels: [
    "id",
    "platform",
    "natural_id",
    "base_url",
    "simulated",
    "messages_per_second",
    "options",
    "on_ambiguous",
    "on_failed",
    "retention",
    "app_id",
  ],
  endpoints: ["id", "url", "format", "events", "channels", "ordered", "max_age_seconds", "max_per_second"],
} as const;

type Sealed = keyof typeof covered;
type Columns = Record<string, Value | undefined>;

/** What became of something that is damaged. */
export const damage: PlatformProblem = {
  code: "corrupt",
  message: "What was stored of it is damaged: its checksum does not fit. It is neither sent nor told.",
  hint: "Check the disk and restore a backup. If it still matters, send it again.",
};

/** CRC-32 finds every change of up to 32 bits in a row. Always 8 letters: a row that is erased must not change its size. */
function checksumOf(table: Sealed, row: Columns): string {
  let sum = 0;
  for (const column of covered[table]) {
    const value = row[column] ?? null;
    const text = String(value);
    // Told apart: null from a text, and what ends one column from what begins the next.
    sum = crc32(`${value === null ? "-" : text.length}:${text}`, sum);
  }
  return sum.toString(16).padStart(8, "0");
}

/** The new row's integer key. */
export function insertSealed(db: Db, table: Sealed, row: Record<string, Value>): Work<number> {
  return db.insert(table, { ...row, checksum: checksumOf(table, row) });
}

export function isIntact(table: Sealed, row: object): boolean {
  const { checksum } = row as Columns;
  return checksum === null || checksum === undefined || checksum === checksumOf(table, row as Columns);
}

/** After a change of what is covered. `key` is the value of the row's `column`. */
export function* reseal(
  db: Db,
  table: Sealed,
  { column, key }: { column: "id" | "position"; key: string | number },
): Work<void> {
  const row = yield* db.one<Columns>(`SELECT * FROM ${table} WHERE ${column} = ?`, key);
  if (!row || row.checksum === null) return;
  yield* db.run(`UPDATE ${table} SET checksum = ? WHERE ${column} = ?`, checksumOf(table, row), key);
}
