import type { Db, Work } from "./db.ts";

interface Lane {
  seq: number;
  id: string;
  last_inbound_at: number | null;
  last_seq: number;
}

/**
 * Two contacts turn out to be one: the older lane stays, and messages and calls of the other move to it. They
 * keep their order of acceptance. Events are facts that customers have seen: they stay as they were told, and the
 * other lane's row remains to lead from their conversation id to the lane that stays.
 */
export function* mergeLanes(db: Db, keepContact: string, goneContact: string): Work<void> {
  const sql = `SELECT seq, id, last_inbound_at, last_seq FROM conversations WHERE contact_id IN (?, ?) ORDER BY seq`;
  const [older, younger] = yield* db.all<Lane>(sql, keepContact, goneContact);
  if (younger && older) yield* moveLane(db, younger, older);
  if (older) yield* db.update("conversations", older.id, { contact_id: keepContact });
}

function* moveLane(db: Db, from: Lane, to: Lane): Work<void> {
  yield* mergeWatermarks(db, from.id, to.id);
  yield* db.update("conversations", from.id, { contact_id: null, merged_into: to.id });
  yield* db.run("UPDATE conversations SET merged_into = ? WHERE merged_into = ?", to.id, from.id);
  yield* db.run(
    "UPDATE calls SET conversation_id = ? WHERE message_id IN (SELECT id FROM messages WHERE conversation_id = ?)",
    to.id,
    from.id,
  );
  yield* db.run("UPDATE messages SET conversation_id = ? WHERE conversation_id = ?", to.id, from.id);
  yield* db.run("UPDATE echoes SET conversation_id = ? WHERE conversation_id = ?", to.id, from.id);
  const lastInboundAt = Math.max(to.last_inbound_at ?? 0, from.last_inbound_at ?? 0);
  yield* db.update("conversations", to.id, { last_seq: Math.max(to.last_seq, from.last_seq) });
  if (lastInboundAt > 0) yield* db.update("conversations", to.id, { last_inbound_at: lastInboundAt });
}

/**
 * Only what was said of both is said of the whole: the other's calls that are under way would else count as reached,
 * and a later watermark between the two as old. What one alone was told of is told again by the next watermark.
 */
function* mergeWatermarks(db: Db, from: string, to: string): Work<void> {
  yield* db.run(
    `DELETE FROM watermarks WHERE conversation_id = ?
     AND status NOT IN (SELECT status FROM watermarks WHERE conversation_id = ?)`,
    to,
    from,
  );
  yield* db.run(
    `UPDATE watermarks SET
       until = CASE WHEN other.until < watermarks.until THEN other.until ELSE watermarks.until END,
       joined = CASE WHEN other.joined < watermarks.joined THEN other.joined ELSE watermarks.joined END
     FROM watermarks AS other
     WHERE watermarks.conversation_id = ? AND other.conversation_id = ? AND other.status = watermarks.status`,
    to,
    from,
  );
  yield* db.run("DELETE FROM watermarks WHERE conversation_id = ?", from);
}
