import type { Receipt } from "../../core/status.ts";
import type { Backlog, CallAttempt, CallRow, MessageDetail, MessageRow, StatusChange } from "../rows.ts";
import type { Store } from "../store.ts";
import { fromJson } from "./columns.ts";
import { listConversations, readListedConversation } from "./conversation-list.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
import { listMessages, withContact } from "./message-list.ts";
import { callRow, readMessage, type StoredCall } from "./messages.ts";
import { totals, unknownParts } from "./tally.ts";

type ReadingPart = Pick<
  Store,
  "message" | "callsOf" | "messages" | "conversations" | "conversation" | "counts" | "backlog"
>;

export function readingPart(db: Db): ReadingPart {
  return {
    message: (id) =>
      db.read(function* () {
        const found = yield* detail(db, id);
        return found && { ...found, message: yield* withContact(db, found.message) };
      }),
    callsOf: (ids) =>
      db.read(function* () {
        const calls = new Map<string, CallRow[]>();
        for (const id of ids) calls.set(id, yield* callsOf(db, id));
        return calls;
      }),
    messages: (filter) => db.survey(() => listMessages(db, filter)),
    conversations: (filter) => db.survey(() => listConversations(db, filter)),
    conversation: (id) => db.read(() => readListedConversation(db, id)),
    counts: () => db.gauge(() => counts(db)),
    backlog: (channelId) =>
      db.read(function* () {
        return { channel: yield* backlog(db, channelId), all: yield* backlog(db, "") };
      }),
  };
}

export function* detail(db: Db, id: string): Work<MessageDetail | undefined> {
  const message = yield* readMessage(db, id);
  if (!message) return undefined;
  const calls = yield* callsOf(db, id);
  return {
    message,
    calls,
    attempts: (yield* each(calls, (call) => attemptsOf(db, call.id))).flat(),
    history: yield* historyOf(db, message),
  };
}

function* callsOf(db: Db, messageId: string): Work<CallRow[]> {
  const sql = "SELECT * FROM calls WHERE message_id = ? ORDER BY position";
  return (yield* db.all<StoredCall>(sql, messageId)).map(callRow);
}

interface StoredAttempt {
  call_id: string;
  at: number;
  ended_at: number;
  outcome: CallAttempt["outcome"];
  http_status: number | null;
  problem: string | null;
}

function* attemptsOf(db: Db, callId: string): Work<CallAttempt[]> {
  const rows = yield* db.all<StoredAttempt>("SELECT * FROM attempts WHERE call_id = ? ORDER BY seq", callId);
  return rows.map((row) => ({
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

/** The first line of what is sent is not written: it says no more than the message does. */
function* historyOf(db: Db, { id, direction, createdAt }: MessageRow): Work<StatusChange[]> {
  const sql = "SELECT * FROM history WHERE message_id = ? ORDER BY seq";
  const changes = (yield* db.all<StoredChange>(sql, id)).map(statusChange);
  const [first] = changes;
  // Up to the version before it was.
  const isWritten = first?.status === "accepted" && first.source === "gateway";
  if (direction === "in" || isWritten) return changes;
  return [{ status: "accepted", at: createdAt, source: "gateway" }, ...changes];
}

function statusChange(row: StoredChange): StatusChange {
  return {
    status: row.status,
    at: row.at,
    source: row.source,
    ...(row.receipt !== null && { receipt: row.receipt }),
    ...(row.matched_by !== null && { matchedBy: row.matched_by }),
    ...(row.problem !== null && { problem: fromJson(row.problem) }),
  };
}

function* backlog(db: Db, channelId: string): Work<Backlog> {
  const sql = "SELECT queued, unread FROM backlog WHERE channel_id = ?";
  const { queued, unread } = (yield* db.one<Backlog>(sql, channelId)) ?? { queued: 0, unread: 0 };
  return { queued, unread };
}

function* counts(db: Db) {
  const one = function* (sql: string) {
    return (yield* db.one<{ count: number }>(sql))?.count ?? 0;
  };
  const read = "SELECT coalesce(sum(unread), 0) AS count FROM backlog WHERE channel_id <> ''";
  const undigested = yield* one(read);
  return {
    messages: yield* totals(db, "messages"),
    calls: yield* totals(db, "calls"),
    deliveries: yield* totals(db, "deliveries"),
    payloads: {
      undigested,
      unknownParts: yield* unknownParts(db),
      unrouted: (yield* one("SELECT unread AS count FROM backlog WHERE channel_id = ''")) - undigested,
    },
    unroutedParts: {
      unknown: yield* one("SELECT sum(unknown_parts) AS count FROM apps"),
      refused: yield* one("SELECT sum(refused_parts) AS count FROM apps"),
    },
  };
}
