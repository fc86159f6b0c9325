import type { Moment } from "../../core/clock.ts";
import { GatewayError, type PlatformProblem } from "../../core/problem.ts";
import type { MessageRow } from "../rows.ts";
import { isConnected } from "./channel-lookup.ts";
import type { Db } from "./connection.ts";
import { readMessage, type StoredCall } from "./messages.ts";
import { refresh } from "./progress.ts";
import { giveUp } from "./settle.ts";

/** Takes back a message whose calls all wait and were never left unanswered. */
export function cancel(db: Db, messageId: string, at: number): void {
  const { message, calls } = demand(db, messageId);
  const isWaiting = ({ state, unanswered }: StoredCall) => state === "queued" && unanswered === 0;
  if (!calls.every(isWaiting) || calls.length === 0)
    throw new GatewayError(
      "conflict",
      `The message is ${message.status}: only one that waits can be cancelled.`,
    );
  giveUp(db, messageId, { as: "cancelled", at, source: "person" });
}

const declared: PlatformProblem = {
  code: "settled_as_failed",
  message: "It was unknown whether this arrived, and a person settled it as failed.",
};

/** Settles an unknown message by what a person found out. */
export function resolve(
  db: Db,
  messageId: string,
  { outcome, when }: { outcome: "sent" | "failed" | "resend"; when: Moment },
): void {
  const { message, calls } = demand(db, messageId);
  if (message.status !== "unknown")
    throw new GatewayError(
      "conflict",
      `The message is ${message.status}: only an unknown one can be resolved.`,
    );
  if (outcome === "resend") requeue(db, { message, calls }, when.steady);
  for (const { id } of calls.filter(({ state }) => state === "unknown")) {
    if (outcome === "sent") db.update("calls", id, { state: "accepted", problem: null });
    if (outcome === "failed")
      db.update("calls", id, { state: "rejected", problem: JSON.stringify(declared) });
  }
  refresh(db, messageId, { at: when.at, source: "person" });
}

/** It may be unknown once more, and is told so then. */
function requeue(
  db: Db,
  { message, calls }: { message: MessageRow; calls: StoredCall[] },
  dueAt: number,
): void {
  if (!isConnected(db, message.channelId))
    throw new GatewayError("conflict", "Its channel was removed: nothing can be sent there.");
  for (const { id } of calls.filter(({ state }) => state === "unknown" || state === "skipped"))
    db.update("calls", id, { state: "queued", due_at: dueAt });
  db.run(
    `UPDATE messages SET status = 'accepted', expires_at = ? + coalesce(ttl_ms, expires_at - created_at),
       reported = replace(reported, 'unknown', '') WHERE id = ?`,
    dueAt,
    message.id,
  );
}

function demand(db: Db, messageId: string): { message: MessageRow; calls: StoredCall[] } {
  const message = readMessage(db, messageId);
  if (!message) throw new GatewayError("not_found", "There is no message with this id.");
  if (message.direction === "in") throw new GatewayError("conflict", "The message was received, not sent.");
  const calls = db.all<StoredCall>("SELECT * FROM calls WHERE message_id = ? ORDER BY position", messageId);
  return { message, calls };
}
