import type { PlatformProblem } from "../../core/problem.ts";
import type { Settlement, Try } from "../sending.ts";
import { toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { refresh } from "./progress.ts";
import { problemOf, readCall, settle } from "./settle.ts";

type Unsent = Settlement & { ofTry: Try };

const notSent: PlatformProblem = {
  code: "not_sent",
  message: "It did not leave: the node that was to send it was held up until it had been told as unknown.",
  hint: "It is certain that it did not arrive: send it again if it still matters.",
};

/**
 * A try that never left, told by a node that works for the channel no more. The next owner may have settled it as
 * unanswered: that is taken back, as far as nothing else has happened. A message that was told as unknown has failed for
 * sure. True: the call waits again.
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
  if (call.state === "unknown") {
    // Whoever was told so may have sent it again since: it is not sent by itself any more.
    yield* db.update("calls", call.id, { state: "rejected", problem: toJson(notSent) });
    yield* refresh(db, call.message_id, { at: unsent.at, source: "gateway" });
    return false;
  }
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
