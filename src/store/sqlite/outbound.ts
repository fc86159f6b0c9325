import type { Moment } from "../../core/clock.ts";
import { GatewayError } from "../../core/problem.ts";
import type { CallRow, MessageRow } from "../rows.ts";
import type { NewMessage } from "../sending.ts";
import type { Store } from "../store.ts";
import { demandChannel, platformOf } from "./channel-lookup.ts";
import { damage, insertSealed } from "./checksum.ts";
import { toJson } from "./columns.ts";
import type { Db } from "./connection.ts";
import { findConversation, laneOf, mergedInto, resolveConversation } from "./conversations.ts";
import { claimKey } from "./idempotency.ts";
import { cancel, resolve } from "./intervention.ts";
import { blockerOf } from "./lane-blocker.ts";
import { callRow, insertMessage, lostMessage, readMessage, type StoredCall } from "./messages.ts";
import { openLanes } from "./open-lanes.ts";
import { forgetPaces, keepPaces, readPaces } from "./paces.ts";
import { refresh, writeHistory } from "./progress.ts";
import { endHold, giveUp, readCall, settle } from "./settle.ts";

type OutboundPart = Pick<
  Store,
  | "findConversation"
  | "acceptMessage"
  | "lanes"
  | "openLanes"
  | "headCall"
  | "firstToExpire"
  | "quarantineHead"
  | "unreportedSince"
  | "beginCall"
  | "paces"
  | "forgetPaces"
  | "settleCall"
  | "endHold"
  | "expireMessage"
  | "cancelMessage"
  | "resolveMessage"
  | "interrupted"
>;

export function outboundPart(db: Db): OutboundPart {
  return {
    findConversation: async (channelId, chat, aliases) => findConversation(db, { channelId, chat, aliases }),
    acceptMessage: (message) => db.write(() => accept(db, message)),
    lanes: async () => lanes(db),
    openLanes: async (channelId, after, limit) => openLanes(db, channelId, { after, limit }),
    headCall: async (conversationId) => head(db, conversationId),
    firstToExpire: async (conversationId) => firstToExpire(db, conversationId),
    quarantineHead: (conversationId, at) => db.write(() => quarantineHead(db, conversationId, at)),
    unreportedSince: async (conversationId) => unreportedSince(db, conversationId),
    endHold: (callId, verdict, at) => db.write(() => endHold(db, callId, { verdict, at })),
    expireMessage: (messageId, problem, at) =>
      db.write(() => giveUp(db, messageId, { as: "expired", problem, at, source: "gateway" })),
    cancelMessage: (messageId, at) => db.write(() => cancel(db, messageId, at)),
    resolveMessage: (messageId, outcome, when) => db.write(() => resolve(db, messageId, { outcome, when })),
    beginCall: (callId, begun, paces = []) =>
      db.write(() => {
        begin(db, callId, begun);
        keepPaces(db, paces);
      }),
    paces: async (after) => readPaces(db, after),
    forgetPaces: (until) => db.write(() => forgetPaces(db, until)),
    settleCall: (settlement) =>
      db.write(() => {
        settle(db, settlement);
        keepPaces(db, settlement.paces ?? []);
      }),
    interrupted: async () => interrupted(db),
  };
}

function accept(db: Db, { message, calls, dueAt, chat, aliases, keyed }: NewMessage): MessageRow {
  const { channelId, createdAt } = message;
  if (keyed) claimKey(db, keyed, dueAt);
  demandChannel(db, channelId);
  const conversationId = resolveConversation(db, { channelId, chat, aliases }, createdAt);
  const accepted: MessageRow = {
    ...message,
    conversationId,
    platform: platformOf(db, channelId),
    direction: "out",
    status: "accepted",
    platformIds: [],
  };
  const ttlMs = accepted.expiresAt === undefined ? undefined : accepted.expiresAt - dueAt;
  const messageSeq = insertMessage(db, { ...accepted, ttlMs });
  if (isLocationRequest(accepted)) db.update("messages", accepted.id, { open_request: 1 });
  for (const [position, { id, call }] of calls.entries()) {
    insertSealed(db, "calls", {
      id,
      message_id: message.id,
      message_seq: messageSeq,
      conversation_id: conversationId,
      channel_id: channelId,
      position,
      call: JSON.stringify(call),
      state: "queued",
      due_at: dueAt,
    });
  }
  writeHistory(db, message.id, { at: createdAt, source: "gateway", status: "accepted", isChanged: true });
  return accepted;
}

function isLocationRequest({ content }: MessageRow): boolean {
  const interactive = "interactive" in content ? (content.interactive as { type?: unknown }) : undefined;
  return interactive?.type === "location_request_message";
}

/** Steps from lane to lane over the index of open calls, so that a long lane costs no more than a short one. */
const lanesSql = `
WITH RECURSIVE lane (id) AS (
  SELECT min(conversation_id) FROM calls INDEXED BY calls_open WHERE state IN ('queued', 'sending', 'held')
  UNION ALL
  SELECT (SELECT min(conversation_id) FROM calls INDEXED BY calls_open WHERE state IN ('queued', 'sending', 'held') AND conversation_id > lane.id)
  FROM lane WHERE lane.id IS NOT NULL
)
SELECT c.conversation_id AS conversationId, c.channel_id AS channelId, c.due_at AS dueAt
FROM lane CROSS JOIN calls c ON c.seq = (
  SELECT seq FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = lane.id
  ORDER BY message_seq, position LIMIT 1
)
WHERE lane.id IS NOT NULL
ORDER BY c.message_seq, c.position`;

function lanes(db: Db) {
  return db
    .all<{ conversationId: string; channelId: string; dueAt: number }>(lanesSql)
    .map((lane) => ({ ...lane }));
}

function headRow(db: Db, lane: string): (StoredCall & { seq: number }) | undefined {
  return db.one(
    `SELECT * FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = ?
     ORDER BY message_seq, position LIMIT 1`,
    lane,
  );
}

function head(db: Db, conversationId: string) {
  const lane = laneOf(db, conversationId) ?? conversationId;
  const row = headRow(db, lane);
  if (!row) return undefined;
  const message = readMessage(db, row.message_id) ?? lostMessage(row);
  // Found by the index: a row that says otherwise is not as it was written.
  const isElsewhere = row.conversation_id !== lane;
  const call: CallRow = { ...callRow(row), conversationId: lane, ...(isElsewhere && { isDamaged: true }) };
  const blockedBy = blockerOf(db, lane);
  return { call, message, ...(blockedBy !== undefined && { blockedBy }), formerly: mergedInto(db, lane) };
}

function firstToExpire(db: Db, conversationId: string) {
  const row = db.one<StoredCall>(
    `SELECT c.* FROM (
       SELECT * FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = ?
       ORDER BY message_seq, position LIMIT 1000
     ) AS c JOIN messages m ON m.id = c.message_id
     WHERE c.state = 'queued' AND m.expires_at IS NOT NULL ORDER BY m.expires_at, c.message_seq, c.position LIMIT 1`,
    laneOf(db, conversationId) ?? conversationId,
  );
  return row && { call: callRow(row), message: readMessage(db, row.message_id) ?? lostMessage(row) };
}

/** By the row's own key, for none of its columns can be believed. */
function quarantineHead(db: Db, conversationId: string, at: number): void {
  const row = headRow(db, laneOf(db, conversationId) ?? conversationId);
  if (!row) return;
  db.run("UPDATE calls SET state = 'skipped', problem = ? WHERE seq = ?", toJson(damage), row.seq);
  giveUp(db, row.message_id, { as: "skipped", problem: damage, at, source: "gateway" });
}

/** By the order of leaving, for no time of the wall clock tells it; of the last ones alone, for others are long past. */
const newestAcceptedSql = `
SELECT c.id, c.began_at
FROM (SELECT id, seq FROM messages WHERE conversation_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 50) AS m
CROSS JOIN calls c ON c.message_id = m.id
WHERE c.state = 'accepted' ORDER BY m.seq DESC, c.position DESC LIMIT 1`;

function unreportedSince(db: Db, conversationId: string): number | undefined {
  const lane = laneOf(db, conversationId) ?? conversationId;
  const head = headRow(db, lane)?.message_seq ?? Number.MAX_SAFE_INTEGER;
  const newest = db.one<{ id: string; began_at: number | null }>(newestAcceptedSql, lane, head);
  const isReported = newest && db.one("SELECT 1 FROM receipts WHERE call_id = ? LIMIT 1", newest.id);
  return isReported ? undefined : (newest?.began_at ?? undefined);
}

function begin(db: Db, callId: string, { at, steady }: Moment): void {
  const call = readCall(db, callId);
  if (!call) throw new GatewayError("not_found", `There is no call ${callId}.`);
  if (call.state !== "queued") {
    throw new GatewayError("conflict", `Call ${callId} is ${call.state}: only a queued one can be begun.`);
  }
  const blocker = blockerOf(db, call.conversation_id);
  if (blocker !== undefined) throw new GatewayError("conflict", `Call ${callId} waits behind ${blocker}.`);
  db.update("calls", callId, {
    state: "sending",
    tries: call.tries + 1,
    began_at: steady,
    sent_at: at,
  });
  refresh(db, call.message_id, { at, source: "gateway" });
}

function interrupted(db: Db) {
  const sql = "SELECT * FROM calls WHERE state = 'sending' ORDER BY message_seq, position";
  return db.all<StoredCall>(sql).map((row) => ({
    call: callRow(row),
    message: readMessage(db, row.message_id)!,
    begunSteady: row.began_at ?? row.due_at,
  }));
}
