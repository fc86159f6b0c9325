import { kindOf } from "../../core/message.ts";
import type { PlatformName } from "../../core/platform.ts";
import type { CallState } from "../../core/status.ts";
import type { CallRow, MessageRow } from "../rows.ts";
import { hashedId, isOfErased } from "./bare.ts";
import { damage, insertSealed, isIntact } from "./checksum.ts";
import { fromJson, toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";

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
  ttl_ms: number | null;
  on_ambiguous: MessageRow["onAmbiguous"] | null;
  on_failed: "continue" | "block" | null;
  blocks: number | null;
  problem: string | null;
  reported: string;
  /** `in`: when the contact made the edit that `content` has, by the platform's clock. */
  edited_at: number | null;
  trace: string | null;
  /** When its content went: by age, or with its contact. */
  erased_at: number | null;
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
  /** Gateway time. */
  began_at: number | null;
  /** When it began by our clock, or earlier where the platform says so. */
  sent_at: number | null;
  by_upload: number;
  likeness: string | null;
  platform_ids: string;
  problem: string | null;
}

export const selectMessage =
  "SELECT m.*, ch.platform FROM messages m CROSS JOIN channels ch ON ch.id = m.channel_id";

/** Gives the new row's integer key, which is the order of acceptance. `ttlMs`: of an outbound one; `payloadId`: what brought an inbound one. */
export function* insertMessage(
  db: Db,
  message: Omit<MessageRow, "platform"> & { payloadId?: number; ttlMs?: number; isOpenRequest?: boolean },
): Work<number> {
  const seq = yield* insertSealed(db, "messages", {
    id: message.id,
    direction: message.direction,
    channel_id: message.channelId,
    conversation_id: message.conversationId,
    address: message.address,
    content: JSON.stringify(message.content),
    kind: kindOf(message.content),
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
    ttl_ms: message.ttlMs ?? null,
    on_ambiguous: message.onAmbiguous ?? null,
    on_failed: message.onFailed ?? null,
    payload_id: message.payloadId ?? null,
    trace: message.trace ?? null,
    open_request: message.isOpenRequest ? 1 : null,
  });
  yield* db.run("UPDATE conversations SET last_seq = ? WHERE id = ?", seq, message.conversationId);
  return seq;
}

export function* readMessage(db: Db, id: string): Work<MessageRow | undefined> {
  const row = yield* db.one<StoredMessage>(`${selectMessage} WHERE m.id = ?`, id);
  return row && messageRow(row);
}

/** The message, and the call if it is one of ours, that a platform's id stands for. */
export function* byPlatformId(db: Db, channelId: string, platformId: string) {
  const sql = "SELECT message_id, call_id FROM platform_ids WHERE channel_id = ? AND platform_id = ?";
  const found = (id: string) => db.one<{ message_id: string; call_id: string | null }>(sql, channelId, id);
  return (yield* found(platformId)) ?? (yield* found(hashedId(db, platformId)));
}

/** The first to claim a platform's id keeps it. */
export function* claimPlatformId(
  db: Db,
  platformId: string,
  owner: { channelId: string; messageId: string; callId: string | null },
): Work<void> {
  yield* db.run(
    "INSERT INTO platform_ids (channel_id, platform_id, message_id, call_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    owner.channelId,
    platformId,
    owner.messageId,
    owner.callId,
  );
}

/** One whose checksum does not fit keeps its id, its place and its state. */
export function messageRow(row: StoredMessage): MessageRow {
  return read("messages", row, intactMessage) ?? damagedMessage(row);
}

export function callRow(row: StoredCall): CallRow {
  return read("calls", row, intactCall) ?? damagedCall(row);
}

/** Undefined: something of the row is not as it was written. */
function read<Row extends object, Shape>(
  table: "messages" | "calls",
  row: Row,
  shape: (row: Row) => Shape,
): Shape | undefined {
  if (!isIntact(table, row)) return undefined;
  try {
    return shape(row);
  } catch (error) {
    // What no checksum covers is JSON no more.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What a report of a message repeats of it: nothing, where its checksum does not fit. */
export function reportedOf(row: StoredMessage): Pick<MessageRow, "address" | "metadata"> {
  if (!isIntact("messages", row)) return { address: "" };
  return { address: row.address, ...(row.metadata !== null && { metadata: JSON.parse(row.metadata) }) };
}

/** Of a call whose message is not where it says. */
export function lostMessage(call: StoredCall): MessageRow {
  return damagedMessage({
    id: call.message_id,
    direction: "out",
    channel_id: call.channel_id,
    platform: "whatsapp",
    conversation_id: call.conversation_id,
    status: "accepted",
  });
}

function damagedMessage(
  row: Pick<StoredMessage, "id" | "direction" | "channel_id" | "platform" | "conversation_id" | "status">,
): MessageRow {
  return {
    id: row.id,
    direction: row.direction,
    channelId: row.channel_id,
    platform: row.platform,
    conversationId: row.conversation_id,
    address: "",
    content: { type: "damaged" },
    status: row.status,
    createdAt: 0,
    platformIds: [],
    problem: damage,
    isDamaged: true,
  };
}

function damagedCall(row: StoredCall): CallRow {
  return {
    id: row.id,
    messageId: row.message_id,
    conversationId: row.conversation_id,
    channelId: row.channel_id,
    position: row.position,
    call: { method: "GET", path: "", part: "damaged" },
    state: row.state,
    tries: row.tries,
    unanswered: row.unanswered,
    dueAt: row.due_at,
    platformIds: [],
    problem: damage,
    isDamaged: true,
  };
}

function intactMessage(row: StoredMessage): MessageRow {
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
    platformIds: isOfErased(row) ? [] : JSON.parse(row.platform_ids),
    ...(row.trace !== null && { trace: row.trace }),
    ...(row.erased_at !== null && { erasedAt: row.erased_at }),
    ...(row.token !== null && { token: row.token }),
    ...(row.metadata !== null && { metadata: JSON.parse(row.metadata) }),
    ...(row.policy !== null && { policy: row.policy }),
    ...(row.options !== null && { options: JSON.parse(row.options) }),
    ...(row.adaptation !== null && { adaptation: JSON.parse(row.adaptation) }),
    ...(row.choices !== null && { choices: JSON.parse(row.choices) }),
    ...(row.expires_at !== null && { expiresAt: row.expires_at }),
    ...(row.on_ambiguous !== null && { onAmbiguous: row.on_ambiguous }),
    ...(row.on_failed !== null && { onFailed: row.on_failed }),
    ...(row.problem !== null && { problem: JSON.parse(row.problem) }),
  };
}

function intactCall(row: StoredCall): CallRow {
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
    platformIds: isOfErased(row) ? [] : (fromJson<string[]>(row.platform_ids) ?? []),
    ...(row.problem !== null && { problem: JSON.parse(row.problem) }),
  };
}
