import type { Db, Work } from "./db.ts";

const walkedAtATime = 200;

interface Silent {
  seq: number;
  id: string;
  contact_id: string | null;
}

/**
 * Conversations of which nothing is left, and who was in them: whoever writes again is a new contact. One that blocked
 * the channel stays, for nothing is to be sent to them.
 */
export function* dropSilentContacts(
  db: Db,
  { channelId, before, after }: { channelId: string; before: number; after: number },
): Work<{ dropped: number; after: string | undefined }> {
  const rows = yield* db.all<Silent & { isSilent: number }>(
    `SELECT v.seq, v.id, v.contact_id,
       v.created_at < ?2 AND coalesce(v.last_inbound_at, 0) < ?2
         AND NOT EXISTS (SELECT 1 FROM messages m WHERE m.conversation_id = v.id)
         AND NOT EXISTS (SELECT 1 FROM events e WHERE e.conversation_id = v.id)
         AND NOT EXISTS (SELECT 1 FROM conversations o WHERE o.merged_into = v.id)
         AND NOT EXISTS (SELECT 1 FROM contacts c WHERE c.id = v.contact_id AND c.blocked = 1) AS "isSilent"
     FROM conversations v WHERE v.channel_id = ?1 AND v.seq > ?3 ORDER BY v.seq LIMIT ${walkedAtATime}`,
    channelId,
    before,
    after,
  );
  const silent = rows.filter(({ isSilent }) => isSilent === 1);
  for (const { id, contact_id } of silent) {
    yield* db.run("DELETE FROM watermarks WHERE conversation_id = ?", id);
    yield* db.run("DELETE FROM conversations WHERE id = ?", id);
    if (contact_id === null) continue;
    yield* db.run("DELETE FROM aliases WHERE contact_id = ?", contact_id);
    yield* db.run("DELETE FROM contacts WHERE id = ?", contact_id);
  }
  const last = rows.length < walkedAtATime ? undefined : rows.at(-1);
  return { dropped: silent.length, after: last && String(last.seq) };
}
