import type { Db, Work } from "./db.ts";
import type { StoredCall } from "./messages.ts";

/** An echo that names no message of ours, by the platform's id of what it is of and when the platform had it. */
export interface Echo {
  platform_id: string;
  at: number;
}

/** The platform's clock and ours are never quite together. */
const skewMs = 10_000;
/** What the platform took of a request it took within this time of its beginning: a later one is of another message. */
const takenWithinMs = 60_000;
/** The call that it is of is answered long before. */
const keptMs = 86_400_000;
/** Of a conversation that are looked at again; the others are of somebody's own writing in the inbox. */
const mostKept = 20;

/**
 * The oldest call of a conversation that was left unanswered, has no echo yet and would show as this one does, by a try
 * at whose time the platform had it.
 */
export function* alikeCall(
  db: Db,
  { conversationId, likeness, at }: { conversationId: string; likeness: string; at: number },
): Work<StoredCall | undefined> {
  return yield* db.one(
    `SELECT c.* FROM calls c WHERE c.conversation_id = ? AND c.likeness = ? AND c.platform_ids = '[]'
     AND (c.state IN ('held', 'unknown') OR (c.state IN ('queued', 'rejected') AND c.unanswered > 0))
     AND EXISTS (SELECT 1 FROM attempts a WHERE a.call_id = c.id AND a.outcome = 'unknown'
       AND a.at BETWEEN ? AND ?)
     ORDER BY c.message_seq, c.position LIMIT 1`,
    conversationId,
    likeness,
    at - takenWithinMs,
    at + skewMs,
  );
}

/** For the call that it may be of, whose answer is still to come or to be missed. */
export function* keepEcho(
  db: Db,
  { platform_id, at }: Echo,
  place: { channelId: string; conversationId: string; likeness: string; now: number },
): Work<void> {
  yield* db.run("DELETE FROM echoes WHERE kept_at < ?", place.now - keptMs);
  yield* db.run(
    `INSERT INTO echoes (channel_id, platform_id, conversation_id, likeness, at, kept_at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    place.channelId,
    platform_id,
    place.conversationId,
    place.likeness,
    at,
    place.now,
  );
}

/** Whether the answer to a call of this conversation is still to come: an echo may be of that one. */
export function* isUnderWay(db: Db, conversationId: string): Work<boolean> {
  const sql =
    "SELECT 1 FROM calls INDEXED BY calls_state WHERE state = 'sending' AND conversation_id = ? LIMIT 1";
  return (yield* db.one(sql, conversationId)) !== undefined;
}

export interface KeptEcho extends Echo {
  likeness: string;
}

/** What was kept while a call of this conversation was under way; mostly nothing, and then nothing is sorted. */
export function* keptEchoes(db: Db, conversationId: string): Work<KeptEcho[]> {
  if (!(yield* db.one("SELECT 1 FROM echoes WHERE conversation_id = ? LIMIT 1", conversationId))) return [];
  const sql = "SELECT platform_id, at, likeness FROM echoes WHERE conversation_id = ? ORDER BY at LIMIT ?";
  return yield* db.all<KeptEcho>(sql, conversationId, mostKept);
}

/** Each of these with the call that it fits now, if any. */
export function* fittingEchoes(
  db: Db,
  conversationId: string,
  kept: readonly KeptEcho[],
): Work<{ echo: Echo; call: StoredCall }[]> {
  const fitting = new Map<string, { echo: Echo; call: StoredCall }>();
  for (const { likeness, ...echo } of kept) {
    const call = yield* alikeCall(db, { conversationId, likeness, at: echo.at });
    if (call && !fitting.has(call.id)) fitting.set(call.id, { echo, call });
  }
  return [...fitting.values()];
}

/** The echo of what turns out to be a message of ours: it is of no other. */
export function* takeEcho(db: Db, channelId: string, platformId: string): Work<Echo | undefined> {
  return yield* db.one(
    "DELETE FROM echoes WHERE channel_id = ? AND platform_id = ? RETURNING platform_id, at",
    channelId,
    platformId,
  );
}
