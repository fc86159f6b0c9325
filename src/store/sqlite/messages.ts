import type { PlatformName } from "../../core/platform.ts";
import type { CallState } from "../../core/status.ts";
import type { CallRow, MessageRow } from "../rows.ts";
import { fromJson, toJson } from "./columns.ts";
import type { Db } from "./connection.ts";

export interface StoredMessage {
  seq: number;
  id: string;
  direction: "out" | "in";
  channel_id: string;
  platform: PlatformName;
  conversation_id: string;
  address: string;
  content: string;
  status: MessageRow["status"];
  created_at: number;
  platform_ids: string;
  token: string | null;
  metadata: string | null;
  policy: MessageRow["policy"] | null;
  options: string | null;
  adaptation: string | null;
  choices: string | null;
  expires_at: number | null;
  on_ambiguous: MessageRow["onAmbiguous"] | null;
  problem: string | null;
  reported: string;
  /** `in`: when the contact made the edit that `content` has, by the platform's clock. */
  edited_at: number | null;
}

export interface StoredCall {
  id: string;
  message_id: string;
  message_seq: number;
  conversation_id: string;
  channel_id: string;
  position: number;
  call: string;
  state: CallState;
  tries: number;
  unanswered: number;
  due_at: number;
  began_at: number | null;
  /** When it began by our clock, or earlier where the platform says so. */
  sent_at: number | null;
  by_upload: number;
  platform_ids: string;
  problem: string | null;
}

export const selectMessage =
  "SELECT m.*, ch.platform FROM messages m CROSS JOIN channels ch ON ch.id = m.channel_id";

/** Gives the new row's integer key, which is the order of acceptance. `payloadId`: what brought an inbound one. */
export function insertMessage(
  db: Db,
  message: Omit<MessageRow, "platform"> & { payloadId?: number },
): number {
  return db.insert("messages", {
    id: message.id,
    direction: message.direction,
    channel_id: message.channelId,
    conversation_id: message.conversationId,
    address: message.address,
    content: JSON.stringify(message.content),
    status: message.status,
    created_at: message.createdAt,
    platform_ids: JSON.stringify(message.platformIds),
    token: message.token ?? null,
    metadata: toJson(message.metadata),
    policy: message.policy ?? null,
    options: toJson(message.options),
    adaptation: toJson(message.adaptation),
    choices: toJson(message.choices),
    expires_at: message.expiresAt ?? null,
    on_ambiguous: message.onAmbiguous ?? null,
    payload_id: message.payloadId ?? null,
  });
}

export function readMessage(db: Db, id: string): MessageRow | undefined {
  const row = db.one<StoredMessage>(`${selectMessage} WHERE m.id = ?`, id);
  return row && messageRow(row);
}

/** The message, and the call if it is one of ours, that a platform's id stands for. */
export function byPlatformId(db: Db, channelId: string, platformId: string) {
  const sql = "SELECT message_id, call_id FROM platform_ids WHERE channel_id = ? AND platform_id = ?";
  return db.one<{ message_id: string; call_id: string | null }>(sql, channelId, platformId);
}

/** The first to claim a platform's id keeps it. */
export function claimPlatformId(
  db: Db,
  platformId: string,
  owner: { channelId: string; messageId: string; callId: string | null },
): void {
  db.run(
    "INSERT INTO platform_ids (channel_id, platform_id, message_id, call_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    owner.channelId,
    platformId,
    owner.messageId,
    owner.callId,
  );
}

export function messageRow(row: StoredMessage): MessageRow {
  return {
    id: row.id,
    direction: row.direction,
    channelId: row.channel_id,
    platform: row.platform,
    conversationId: row.conversation_id,
    address: row.address,
    content: JSON.parse(row.content),
    status: row.status,
    createdAt: row.created_at,
    platformIds: JSON.parse(row.platform_ids),
    ...(row.token !== null && { token: row.token }),
    ...(row.metadata !== null && { metadata: JSON.parse(row.metadata) }),
    ...(row.policy !== null && { policy: row.policy }),
    ...(row.options !== null && { options: JSON.parse(row.options) }),
    ...(row.adaptation !== null && { adaptation: JSON.parse(row.adaptation) }),
    ...(row.choices !== null && { choices: JSON.parse(row.choices) }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.on_ambiguous !== null && { onAmbiguous: row.on_ambiguous }),
    ...(row.problem !== null && { problem: JSON.parse(row.problem) }),
  };
}

export function callRow(row: StoredCall): CallRow {
  return {
    id: row.id,
    messageId: row.message_id,
    conversationId: row.conversation_id,
    channelId: row.channel_id,
    position: row.position,
    call: JSON.parse(row.call),
    state: row.state,
    tries: row.tries,
    unanswered: row.unanswered,
    dueAt: row.due_at,
    ...(row.by_upload === 1 && { isByUpload: true }),
    platformIds: fromJson<string[]>(row.platform_ids) ?? [],
    ...(row.problem !== null && { problem: JSON.parse(row.problem) }),
  };
}
