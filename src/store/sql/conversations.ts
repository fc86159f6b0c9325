import type { Chat, PlatformName } from "../../core/platform.ts";
import type { ConversationRow } from "../rows.ts";
import { findLane, readContact, resolvePerson } from "./contacts.ts";
import type { Db, Work } from "./db.ts";
import { blockerOf } from "./lane-blocker.ts";

export interface StoredConversation {
  seq: number;
  id: string;
  channel_id: string;
  platform: PlatformName;
  chat_id: string;
  chat_type: Chat["type"];
  contact_id: string | null;
  last_inbound_at: number | null;
  created_at: number;
  /** Of its last message; 0: there was none. */
  last_seq: number;
}

/** Who and where: aliases count in private chats only, where they name the lane. */
interface Place {
  channelId: string;
  chat: Chat;
  aliases: readonly string[];
  /** True when the platform itself listed the aliases. */
  first?: boolean;
}

export const selectConversation =
  "SELECT v.*, ch.platform FROM conversations v CROSS JOIN channels ch ON ch.id = v.channel_id";

/** The lane of a place, made if new. Several lanes of what proves to be one contact become one. */
export function* resolveConversation(db: Db, place: Place, at: number): Work<string> {
  if (place.chat.type === "private") {
    const person = yield* resolvePerson(db, { ...place, aliases: privateAliases(place) });
    return person.lane ?? (yield* makeConversation(db, place, { at, contactId: person.id }));
  }
  return (yield* groupLane(db, place))?.id ?? (yield* makeConversation(db, place, { at, contactId: null }));
}

export function* findConversation(db: Db, place: Place): Work<ConversationRow | undefined> {
  if (place.chat.type !== "private") {
    const lane = yield* groupLane(db, place);
    return lane && (yield* readConversation(db, lane.id));
  }
  const lane = yield* findLane(db, { ...place, aliases: privateAliases(place) });
  const row = lane && (yield* db.one<StoredConversation>(`${selectConversation} WHERE v.id = ?`, lane));
  return row ? yield* conversationRow(db, row) : undefined;
}

/** The lane that an id leads to: itself, or the one that it was merged into. */
export function* laneOf(db: Db, id: string): Work<string | undefined> {
  const sql = "SELECT coalesce(merged_into, id) AS id FROM conversations WHERE id = ?";
  return (yield* db.one<{ id: string }>(sql, id))?.id;
}

/** The lanes that were merged into one. */
export function* mergedInto(db: Db, lane: string): Work<string[]> {
  const sql = "SELECT id FROM conversations WHERE merged_into = ? ORDER BY seq";
  return (yield* db.all<{ id: string }>(sql, lane)).map(({ id }) => id);
}

/** A merged lane's id gives the lane that it is now part of. */
export function* readConversation(db: Db, id: string): Work<ConversationRow | undefined> {
  const lane = yield* laneOf(db, id);
  const row = lane && (yield* db.one<StoredConversation>(`${selectConversation} WHERE v.id = ?`, lane));
  return row ? yield* conversationRow(db, row) : undefined;
}

function privateAliases({ aliases, chat }: Place): readonly string[] {
  return aliases.length > 0 ? aliases : [chat.id];
}

function* groupLane(db: Db, { channelId, chat }: Place): Work<{ id: string } | undefined> {
  const sql = "SELECT id FROM conversations WHERE channel_id = ? AND chat_id = ? AND chat_type <> 'private'";
  return yield* db.one<{ id: string }>(sql, channelId, chat.id);
}

function* makeConversation(
  db: Db,
  { channelId, chat }: Place,
  more: { at: number; contactId: string | null },
): Work<string> {
  const id = db.mint("cnv");
  yield* db.insert("conversations", {
    id,
    channel_id: channelId,
    chat_id: chat.id,
    chat_type: chat.type,
    contact_id: more.contactId,
    created_at: more.at,
  });
  return id;
}

export function* conversationRow(db: Db, row: StoredConversation): Work<ConversationRow> {
  const contact = row.contact_id === null ? undefined : yield* readContact(db, row.contact_id);
  const blockedBy = yield* blockerOf(db, row.id);
  return {
    id: row.id,
    channelId: row.channel_id,
    platform: row.platform,
    chat: { id: row.chat_id, type: row.chat_type },
    ...(contact && { contact }),
    ...(row.last_inbound_at !== null && { lastInboundAt: row.last_inbound_at }),
    ...(blockedBy !== undefined && { blockedBy }),
    createdAt: row.created_at,
  };
}
