import type { Moment } from "../../core/clock.ts";
import { GatewayError, type PlatformProblem } from "../../core/problem.ts";
import type { MessageRow } from "../rows.ts";
import type { Resolution } from "../sending.ts";
import { letGo } from "./blocked-lanes.ts";
import { isConnected } from "./channel-lookup.ts";
import type { Db, Work } from "./db.ts";
import { readMessage, type StoredCall } from "./messages.ts";
import { refresh } from "./progress.ts";
import { giveUp } from "./settle.ts";

/** Takes back a message whose calls all wait and were never left unanswered. */
export function* cancel(db: Db, messageId: string, at: number): Work<void> {
  const { message, calls } = yield* demand(db, messageId);
  const isWaiting = ({ state, unanswered }: StoredCall) => state === "queued" && unanswered === 0;
  if (!calls.every(isWaiting) || calls.length === 0)
    throw new GatewayError(
      "conflict",
      `The message is ${message.status}: only one that waits can be cancelled.`,
    );
  yield* giveUp(db, messageId, { as: "cancelled", at, source: "person" });
}

const declared: PlatformProblem = {
  code: "settled_as_failed",
  message: "It was unknown whether this arrived, and a person settled it as failed.",
};

const passedOver: PlatformProblem = {
  code: "skipped",
  message: "A person let the conversation go on without it.",
};

/** What a person found out, or decided, about a message that is unknown or that its lane waits behind. */
export function* resolve(
  db: Db,
  messageId: string,
  { outcome, when }: { outcome: Resolution; when: Moment },
): Work<void> {
  const demanded = yield* demand(db, messageId);
  yield* refuseUnless(db, demanded, outcome);
  if (outcome === "resend" && demanded.message.erasedAt !== undefined)
    throw new GatewayError(
      "conflict",
      "The content of the message was erased: there is nothing to send again.",
    );
  if (outcome === "resend") yield* requeue(db, demanded, when);
  else if (demanded.isBlocking) yield* letGo(db, messageId, { as: 0, at: when.at });
  if (outcome === "skip") {
    yield* passOver(db, demanded.message, when.at);
    return;
  }
  for (const { id } of demanded.calls.filter(({ state }) => state === "unknown")) {
    if (outcome === "sent") yield* db.update("calls", id, { state: "accepted", problem: null });
    if (outcome === "failed")
      yield* db.update("calls", id, { state: "rejected", problem: JSON.stringify(declared) });
  }
  yield* refresh(db, messageId, { at: when.at, source: "person" });
}

function* refuseUnless(db: Db, { message, isBlocking }: Demanded, outcome: Resolution): Work<void> {
  const conflict = (sentence: string) => new GatewayError("conflict", sentence);
  const { id, status } = message;
  if (outcome === "skip" && !isBlocking) throw conflict(`The message is ${status} and holds nothing up.`);
  if (outcome === "skip" || status === "unknown") return;
  if (outcome !== "resend" || !isBlocking)
    throw conflict(`The message is ${status}: only an unknown one can be resolved.`);
  const taken = "SELECT 1 FROM calls c JOIN receipts r ON r.call_id = c.id WHERE c.message_id = ? LIMIT 1";
  if (yield* db.one(taken, id))
    throw conflict(
      "The platform had taken it before it reported the failure: send a new message, and skip this one.",
    );
}

/** What of it still waits does not leave either. */
function* passOver(db: Db, { id, channelId, status }: MessageRow, at: number): Work<void> {
  yield* db.insert("history", {
    channel_id: channelId,
    message_id: id,
    status,
    at,
    source: "person",
    problem: JSON.stringify(passedOver),
  });
  yield* giveUp(db, id, { as: "skipped", at, source: "person" });
}

/** It may be unknown once more, or fail, and is told so then. */
function* requeue(db: Db, { message, calls }: Demanded, { at, steady }: Moment): Work<void> {
  if (!(yield* isConnected(db, message.channelId)))
    throw new GatewayError("conflict", "Its channel was removed: nothing can be sent there.");
  const isAgain = ({ state }: StoredCall) => ["unknown", "skipped", "rejected", "expired"].includes(state);
  for (const { id } of calls.filter(isAgain))
    yield* db.update("calls", id, { state: "queued", due_at: steady });
  const { reported } = (yield* db.one<{ reported: string }>(
    "SELECT reported FROM messages WHERE id = ?",
    message.id,
  ))!;
  const told = reported.split(",").filter((name) => !["unknown", "failed", "expired"].includes(name));
  yield* db.run(
    `UPDATE messages SET status = 'accepted', expires_at = ? + coalesce(ttl_ms, expires_at - created_at), reported = ?
     WHERE id = ?`,
    steady,
    told.join(","),
    message.id,
  );
  yield* letGo(db, message.id, { as: null, at });
}

interface Demanded {
  message: MessageRow;
  calls: StoredCall[];
  isBlocking: boolean;
}

function* demand(db: Db, messageId: string): Work<Demanded> {
  const message = yield* readMessage(db, messageId);
  if (!message) throw new GatewayError("not_found", "There is no message with this id.");
  if (message.direction === "in") throw new GatewayError("conflict", "The message was received, not sent.");
  const calls = yield* db.all<StoredCall>(
    "SELECT * FROM calls WHERE message_id = ? ORDER BY position",
    messageId,
  );
  const blocks = yield* db.one("SELECT 1 FROM messages WHERE id = ? AND blocks = 1", messageId);
  return { message, calls, isBlocking: blocks !== undefined };
}
