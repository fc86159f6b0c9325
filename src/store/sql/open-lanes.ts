import type { Db, Work } from "./db.ts";

const nextLane = `SELECT min(conversation_id) FROM calls INDEXED BY calls_lanes
  WHERE state IN ('queued', 'sending', 'held') AND channel_id = ?1 AND conversation_id >`;

/** Steps from lane to lane over the index, no farther than it is asked: however long a lane is, it is one step. */
const sql = `
WITH RECURSIVE lane (id) AS (
  SELECT (${nextLane} ?2)
  UNION ALL
  SELECT (${nextLane} lane.id) FROM lane WHERE lane.id IS NOT NULL
)
SELECT id FROM lane WHERE id IS NOT NULL LIMIT ?3`;

/** The channel's conversations with an open call, in the order of their ids. */
export function* openLanes(
  db: Db,
  channelId: string,
  { after, limit }: { after: string; limit: number },
): Work<string[]> {
  return (yield* db.all<{ id: string }>(sql, channelId, after, limit)).map(({ id }) => id);
}
