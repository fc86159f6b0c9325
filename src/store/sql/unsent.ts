import type { PlatformProblem } from "../../core/problem.ts";
import type { Settlement, Try } from "../sending.ts";
import { letGo } from "./blocked-lanes.ts";
import { isConnected } from "./channel-lookup.ts";
import { toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import type { StoredCall } from "./messages.ts";
import { refresh } from "./progress.ts";
import { problemOf, readCall, settle } from "./settle.ts";

type Unsent = Settlement & { ofTry: Try };

const notSent: PlatformProblem = {
  code: "not_sent",
  message:
    "It did not leave: the node that was to send it was held up until it was too late to send it in its turn.",
  hint: "It is certain that it did not arrive: send it again if it still matters.",
};

/**
 * A try that never left, told by a node that works for the channel no more. The next owner may have settled it as
 * unanswered: that is taken back, as far as nothing else has happened. True: the call waits again.
 */
export function* tellUnsent(db: Db, unsent: Unsent): Work<boolean> {
  const call = yield* readCall(db, unsent.callId);
  if (!call || call.tries !== unsent.ofTry.number || call.began_at !== unsent.ofTry.begunSteady) return false;
  if (call.state === "sending") {
    yield* settle(db, unsent);
    return (yield* readCall(db, unsent.callId))?.state === "queued";
  }
  if (!(yield* correctAttempt(db, unsent))) return false;
  yield* db.update("calls", call.id, { unanswered: call.unanswered - 1 });
  if (call.state === "unknown") return yield* takeBack(db, call, unsent);
  if (call.state !== "held" && call.state !== "queued") return false;
  // What it has no time for any more its lane lets expire.
  const waits = { due_at: unsent.retryAt ?? call.due_at, problem: toJson(problemOf(unsent.outcome)) };
  yield* db.update("calls", call.id, { state: "queued", ...waits });
  yield* refresh(db, call.message_id, { at: unsent.at, source: "gateway" });
  return true;
}

/** False: the last that is stored of this call's tries is not that this one was left unanswered. */
function* correctAttempt(db: Db, { callId, outcome }: Unsent): Work<boolean> {
  const last = "SELECT seq, outcome FROM attempts WHERE call_id = ? ORDER BY seq DESC LIMIT 1";
  const row = yield* db.one<{ seq: number; outcome: string }>(last, callId);
  if (row?.outcome !== "unknown") return false;
  const sql = "UPDATE attempts SET outcome = ?, problem = ? WHERE seq = ?";
  yield* db.run(sql, outcome.kind, toJson(problemOf(outcome)), row.seq);
  return true;
}

/** It was told as unknown. It goes back to its queue while it can still leave in its turn; else it has failed for sure. */
function* takeBack(db: Db, call: StoredCall, { at, retryAt }: Unsent): Work<boolean> {
  const message = yield* db.one<Waiting>(
    "SELECT seq, status, erased_at, reported FROM messages WHERE id = ?",
    call.message_id,
  );
  const isOpen = message?.status === "unknown" && message.erased_at === null && retryAt !== undefined;
  const mayLeave = isOpen && (yield* isConnected(db, call.channel_id)) && !(yield* isOvertaken(db, call));
  if (mayLeave) yield* requeue(db, call, { at, dueAt: retryAt, message });
  else yield* db.update("calls", call.id, { state: "rejected", problem: toJson(notSent) });
  yield* refresh(db, call.message_id, { at, source: "gateway" });
  return mayLeave;
}

interface Waiting {
  seq: number;
  status: string;
  erased_at: number | null;
  reported: string;
}

/** Something that came after it in its lane has left, or is leaving. */
function* isOvertaken(db: Db, { conversation_id, message_seq }: StoredCall): Work<boolean> {
  const sql = `SELECT 1 FROM messages m CROSS JOIN calls c ON c.message_id = m.id
    WHERE m.conversation_id = ? AND m.seq > ? AND c.began_at IS NOT NULL LIMIT 1`;
  return (yield* db.one(sql, conversation_id, message_seq)) !== undefined;
}

/** With what was skipped behind it. */
function* requeue(
  db: Db,
  { id, message_id, channel_id }: StoredCall,
  { at, dueAt, message }: { at: number; dueAt: number; message: Waiting },
): Work<void> {
  yield* db.update("calls", id, { state: "queued", due_at: dueAt, problem: null });
  yield* db.run(
    "UPDATE calls SET state = 'queued', due_at = ? WHERE message_id = ? AND state = 'skipped'",
    dueAt,
    message_id,
  );
  const reported = message.reported.split(",").filter((name) => name !== "unknown");
  yield* db.update("messages", message_id, { status: "accepted", reported: reported.join(",") });
  const line = { channel_id, message_id, status: "accepted", at, source: "gateway", problem: null };
  yield* db.insert("history", line);
  yield* letGo(db, message_id, { as: null, at });
}
