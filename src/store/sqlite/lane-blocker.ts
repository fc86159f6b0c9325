import type { Db } from "./connection.ts";

/** The message that holds up a lane: the oldest, where several would. */
export function blockerOf(db: Db, conversationId: string): string | undefined {
  const sql = "SELECT id FROM messages WHERE conversation_id = ? AND blocks = 1 ORDER BY seq LIMIT 1";
  return db.one<{ id: string }>(sql, conversationId)?.id;
}
