import type { Db, Work } from "./db.ts";

/** The message that holds up a lane: the oldest, where several would. */
export function* blockerOf(db: Db, conversationId: string): Work<string | undefined> {
  const sql = "SELECT id FROM messages WHERE conversation_id = ? AND blocks = 1 ORDER BY seq LIMIT 1";
  return (yield* db.one<{ id: string }>(sql, conversationId))?.id;
}
