import type { Moment } from "../../core/clock.ts";
import { GatewayError } from "../../core/problem.ts";
import type { CallRow, MessageRow } from "../rows.ts";
import type { NewMessage } from "../sending.ts";
import type { Store } from "../store.ts";
import { demandChannel } from "./channel-lookup.ts";
import { damage, insertSealed } from "./checksum.ts";
import { toJson } from "./columns.ts";
import { findConversation, laneOf, mergedInto, resolveConversation } from "./conversations.ts";
import { type Db, patient, repeatable, type Work } from "./db.ts";
import { each } from "./each.ts";
import { claimKey } from "./idempotency.ts";
import { cancel, resolve } from "./intervention.ts";
import { callRow, insertMessage, lostMessage, readMessage, type StoredCall } from "./messages.ts";
import { openLanes } from "./open-lanes.ts";
import { forgetPaces, keepPaces, readPaces } from "./paces.ts";
import { writeHistory } from "./progress.ts";
import { endHold, giveUp, settle, tellAnswer } from "./settle.ts";
import { tellUnsent } from "./unsent.ts";

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
  | "tellAnswer"
  | "tellUnsent"
  | "endHold"
  | "expireMessage"
  | "cancelMessage"
  | "resolveMessage"
  | "interrupted"
>;

export function outboundPart(db: Db): OutboundPart {
  return {
    findConversation: (channelId, chat, aliases) =>
      db.read(() => findConversation(db, { channelId, chat, aliases })),
    acceptMessage: (message) => db.write(() => accept(db, message), repeatable),
    lanes: () => db.read(() => lanes(db)),
    openLanes: (channelId, after, limit) => db.read(() => openLanes(db, channelId, { after, limit })),
    headCall: (conversationId) => db.read(() => head(db, conversationId)),
    firstToExpire: (conversationId) => db.read(() => firstToExpire(db, conversationId)),
    quarantineHead: (conversationId, at) => db.write(() => quarantineHead(db, conversationId, at)),
    unreportedSince: (conversationId) => db.read(() => unreportedSince(db, conversationId)),
    endHold: (callId, verdict, at) => db.write(() => endHold(db, callId, { verdict, at })),
    expireMessage: (messageId, problem, at) =>
      db.write(() => giveUp(db, messageId, { as: "expired", problem, at, source: "gateway" })),
    cancelMessage: (messageId, at) => db.write(() => cancel(db, messageId, at)),
    resolveMessage: (messageId, outcome, when) => db.write(() => resolve(db, messageId, { outcome, when })),
    beginCall: (callId, begun, paces) =>
      db.write(function* () {
        yield* keepPaces(db, yield* begin(db, callId, begun), paces);
      }, patient),
    paces: (after) => db.read(() => readPaces(db, after)),
    forgetPaces: (until) => db.write(() => forgetPaces(db, until)),
    settleCall: (settlement) =>
      db.write(function* () {
        const { channel_id } = yield* settle(db, settlement);
        yield* keepPaces(db, channel_id, settlement.paces);
      }, patient),
    tellAnswer: (settlement) => db.write(() => tellAnswer(db, settlement)),
    tellUnsent: (settlement) => db.write(() => tellUnsent(db, settlement)),
    interrupted: () => db.read(() => interrupted(db)),
  };
}

function* accept(db: Db, { message, calls, dueAt, chat, aliases, keyed }: NewMessage): Work<MessageRow> {
  const { channelId, createdAt } = message;
  if (keyed) yield* claimKey(db, keyed, dueAt);
  const platform = yield* demandChannel(db, channelId);
  const conversationId = yield* resolveConversation(db, { channelId, chat, aliases }, createdAt);
  const accepted: MessageRow = {
    ...message,
    conversationId,
    platform,
    direction: "out",
    status: "accepted",
    platformIds: [],
  };
  const ttlMs = accepted.expiresAt === undefined ? undefined : accepted.expiresAt - dueAt;
  const messageSeq = yield* insertMessage(db, {
    ...accepted,
    ttlMs,
    isOpenRequest: isLocationRequest(accepted),
  });
  for (const [position, { id, call }] of calls.entries()) {
    yield* insertSealed(db, "calls", {
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
SELECT c.conversation_id AS "conversationId", c.channel_id AS "channelId", c.due_at AS "dueAt"
FROM lane CROSS JOIN calls c ON c.seq = (
  SELECT seq FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = lane.id
  ORDER BY message_seq, position LIMIT 1
)
WHERE lane.id IS NOT NULL
ORDER BY c.message_seq, c.position`;

function* lanes(db: Db) {
  return (yield* db.all<{ conversationId: string; channelId: string; dueAt: number }>(lanesSql)).map(
    (lane) => ({ ...lane }),
  );
}

function* headRow(db: Db, lane: string): Work<(StoredCall & { seq: number }) | undefined> {
  return yield* db.one(
    `SELECT * FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = ?
     ORDER BY message_seq, position LIMIT 1`,
    lane,
  );
}

interface StoredHead extends StoredCall {
  lane: string;
  blocker: string | null;
  has_merged: number | null;
}

/** The lane first, so that its calls are found by their index; then what else decides whether the head may leave. */
const headSql = `
SELECT c.*, v.lane, (SELECT id FROM messages WHERE conversation_id = v.lane AND blocks = 1 ORDER BY seq LIMIT 1) AS blocker,
  (SELECT 1 FROM conversations WHERE merged_into = v.lane LIMIT 1) AS has_merged
FROM (SELECT coalesce((SELECT merged_into FROM conversations WHERE id = ?1), ?1) AS lane) AS v
CROSS JOIN calls c ON c.seq = (
  SELECT seq FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = v.lane
  ORDER BY message_seq, position LIMIT 1
)`;

function* head(db: Db, conversationId: string) {
  const row = yield* db.one<StoredHead>(headSql, conversationId);
  if (!row) return undefined;
  const { lane, blocker, has_merged } = row;
  const message = (yield* readMessage(db, row.message_id)) ?? lostMessage(row);
  // Found by the index: a row that says otherwise is not as it was written.
  const isElsewhere = row.conversation_id !== lane;
  const call: CallRow = { ...callRow(row), conversationId: lane, ...(isElsewhere && { isDamaged: true }) };
  return {
    call,
    message,
    ...(blocker !== null && { blockedBy: blocker }),
    formerly: has_merged === null ? [] : yield* mergedInto(db, lane),
  };
}

function* firstToExpire(db: Db, conversationId: string) {
  const row = yield* db.one<StoredCall>(
    `SELECT c.* FROM (
       SELECT * FROM calls WHERE state IN ('queued', 'sending', 'held') AND conversation_id = ?
       ORDER BY message_seq, position LIMIT 1000
     ) AS c JOIN messages m ON m.id = c.message_id
     WHERE c.state = 'queued' AND m.expires_at IS NOT NULL ORDER BY m.expires_at, c.message_seq, c.position LIMIT 1`,
    (yield* laneOf(db, conversationId)) ?? conversationId,
  );
  return row && { call: callRow(row), message: (yield* readMessage(db, row.message_id)) ?? lostMessage(row) };
}

/** By the row's own key, for none of its columns can be believed. */
function* quarantineHead(db: Db, conversationId: string, at: number): Work<void> {
  const row = yield* headRow(db, (yield* laneOf(db, conversationId)) ?? conversationId);
  if (!row) return;
  yield* db.run("UPDATE calls SET state = 'skipped', problem = ? WHERE seq = ?", toJson(damage), row.seq);
  yield* giveUp(db, row.message_id, { as: "skipped", problem: damage, at, source: "gateway" });
}

/** By the order of leaving, for no time of the wall clock tells it; of the last ones alone, for others are long past. */
const newestAcceptedSql = `
SELECT c.id, c.began_at
FROM (SELECT id, seq FROM messages WHERE conversation_id = ? AND seq <= ? ORDER BY seq DESC LIMIT 50) AS m
CROSS JOIN calls c ON c.message_id = m.id
WHERE c.state = 'accepted' ORDER BY m.seq DESC, c.position DESC LIMIT 1`;

function* unreportedSince(db: Db, conversationId: string): Work<number | undefined> {
  const lane = (yield* laneOf(db, conversationId)) ?? conversationId;
  const head = (yield* headRow(db, lane))?.message_seq ?? Number.MAX_SAFE_INTEGER;
  const newest = yield* db.one<{ id: string; began_at: number | null }>(newestAcceptedSql, lane, head);
  const isReported = newest && (yield* db.one("SELECT 1 FROM receipts WHERE call_id = ? LIMIT 1", newest.id));
  return isReported ? undefined : (newest?.began_at ?? undefined);
}

interface ToBegin extends Pick<StoredCall, "message_id" | "channel_id" | "state" | "tries"> {
  blocker: string | null;
  /** Of its message; null: that is lost. */
  status: string | null;
}

const toBeginSql = `
SELECT c.message_id, c.channel_id, c.state, c.tries, m.status,
  (SELECT id FROM messages WHERE conversation_id = c.conversation_id AND blocks = 1 ORDER BY seq LIMIT 1) AS blocker
FROM calls c LEFT JOIN messages m ON m.id = c.message_id WHERE c.id = ?`;

/** Gives the channel. */
function* begin(db: Db, callId: string, { at, steady }: Moment): Work<string> {
  const call = yield* db.one<ToBegin>(toBeginSql, callId);
  if (!call) throw new GatewayError("not_found", `There is no call ${callId}.`);
  const { message_id, channel_id, state, tries, blocker, status } = call;
  if (state !== "queued")
    throw new GatewayError("conflict", `Call ${callId} is ${state}: only a queued one can be begun.`);
  if (blocker !== null) throw new GatewayError("conflict", `Call ${callId} waits behind ${blocker}.`);
  yield* db.update("calls", callId, { state: "sending", tries: tries + 1, began_at: steady, sent_at: at });
  // Of a call that is under way every other status says as much as of one that waits.
  if (status !== "accepted") return channel_id;
  yield* db.update("messages", message_id, { status: "sending" });
  const row = { id: message_id, channel_id };
  yield* writeHistory(db, row, { at, source: "gateway", status: "sending", isChanged: true });
  return channel_id;
}

function* interrupted(db: Db) {
  const sql = "SELECT * FROM calls WHERE state = 'sending' ORDER BY message_seq, position";
  return yield* each(yield* db.all<StoredCall>(sql), function* (row) {
    const message = (yield* readMessage(db, row.message_id))!;
    return { call: callRow(row), message, begunSteady: row.began_at ?? row.due_at };
  });
}
