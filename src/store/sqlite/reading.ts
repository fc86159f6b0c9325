import type { Receipt } from "../../core/status.ts";
import type { Backlog, CallAttempt, CallRow, MessageDetail, StatusChange } from "../rows.ts";
import type { Store } from "../store.ts";
import { fromJson } from "./columns.ts";
import type { Db } from "./connection.ts";
import { listConversations, readListedConversation } from "./conversation-list.ts";
import { listMessages, withContact } from "./message-list.ts";
import { callRow, readMessage, type StoredCall } from "./messages.ts";
import { totals, unknownParts } from "./tally.ts";

type ReadingPart = Pick<
  Store,
  "message" | "callsOf" | "messages" | "conversations" | "conversation" | "counts" | "backlog"
>;

export function readingPart(db: Db): ReadingPart {
  return {
    message: async (id) => {
      const found = detail(db, id);
      return found && { ...found, message: withContact(db, found.message) };
    },
    callsOf: async (ids) => new Map(ids.map((id) => [id, callsOf(db, id)])),
    messages: async (filter) => listMessages(db, filter),
    conversations: async (filter) => listConversations(db, filter),
    conversation: async (id) => readListedConversation(db, id),
    counts: async () => counts(db),
    backlog: async (channelId) => ({ channel: backlog(db, channelId), all: backlog(db, "") }),
  };
}

export function detail(db: Db, id: string): MessageDetail | undefined {
  const message = readMessage(db, id);
  if (!message) return undefined;
  const calls = callsOf(db, id);
  return {
    message,
    calls,
    attempts: calls.flatMap((call) => attemptsOf(db, call.id)),
    history: historyOf(db, id),
  };
}

function callsOf(db: Db, messageId: string): CallRow[] {
  return db
    .all<StoredCall>("SELECT * FROM calls WHERE message_id = ? ORDER BY position", messageId)
    .map(callRow);
}

interface StoredAttempt {
  call_id: string;
  at: number;
  ended_at: number;
  outcome: CallAttempt["outcome"];
  http_status: number | null;
  problem: string | null;
}

function attemptsOf(db: Db, callId: string): CallAttempt[] {
  return db
    .all<StoredAttempt>("SELECT * FROM attempts WHERE call_id = ? ORDER BY seq", callId)
    .map((row) => ({
      callId: row.call_id,
      at: row.at,
      endedAt: row.ended_at,
      outcome: row.outcome,
      ...(row.http_status !== null && { httpStatus: row.http_status }),
      ...(row.problem !== null && { problem: JSON.parse(row.problem) }),
    }));
}

interface StoredChange {
  status: string;
  at: number;
  source: StatusChange["source"];
  receipt: Receipt | null;
  matched_by: StatusChange["matchedBy"] | null;
  problem: string | null;
}

function historyOf(db: Db, messageId: string): StatusChange[] {
  return db
    .all<StoredChange>("SELECT * FROM history WHERE message_id = ? ORDER BY seq", messageId)
    .map((row) => ({
      status: row.status,
      at: row.at,
      source: row.source,
      ...(row.receipt !== null && { receipt: row.receipt }),
      ...(row.matched_by !== null && { matchedBy: row.matched_by }),
      ...(row.problem !== null && { problem: fromJson(row.problem) }),
    }));
}

function backlog(db: Db, channelId: string): Backlog {
  const sql = "SELECT queued, unread FROM backlog WHERE channel_id = ?";
  const { queued, unread } = db.one<Backlog>(sql, channelId) ?? { queued: 0, unread: 0 };
  return { queued, unread };
}

function counts(db: Db) {
  const one = (sql: string) => db.one<{ count: number }>(sql)?.count ?? 0;
  const read = "SELECT coalesce(sum(unread), 0) AS count FROM backlog WHERE channel_id <> ''";
  const undigested = one(read);
  return {
    messages: totals(db, "messages"),
    calls: totals(db, "calls"),
    deliveries: totals(db, "deliveries"),
    payloads: {
      undigested,
      unknownParts: unknownParts(db),
      unrouted: one("SELECT unread AS count FROM backlog WHERE channel_id = ''") - undigested,
    },
    unroutedParts: {
      unknown: one("SELECT sum(unknown_parts) AS count FROM apps"),
      refused: one("SELECT sum(refused_parts) AS count FROM apps"),
    },
  };
}
