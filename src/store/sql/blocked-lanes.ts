import type { PlatformProblem } from "../../core/problem.ts";
import { messageReport } from "../report.ts";
import { fromJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { tell } from "./events.ts";
import { blockerOf } from "./lane-blocker.ts";
import { messageRow, type StoredMessage, selectMessage } from "./messages.ts";

/** A lane that is not to go on without a message does not go on where nobody knows of it either. */
const ended: readonly string[] = ["failed", "expired", "unknown"];

/** After a change of a message's status, `before` which it was otherwise: what is behind it may have to wait, or no more. */
export function* followBlock(
  db: Db,
  row: StoredMessage,
  { before, at }: { before: string; at: number },
): Work<void> {
  const messageId = row.id;
  const hasEnded = ended.includes(row.status);
  if (row.blocks === 1 && !hasEnded) yield* letGo(db, messageId, { as: null, at });
  if (!hasEnded || row.blocks !== null || row.status === before || !(yield* isWished(db, row))) return;
  const isFirst = (yield* blockerOf(db, row.conversation_id)) === undefined;
  yield* db.update("messages", messageId, { blocks: 1 });
  if (isFirst) yield* tellBlocked(db, row, at);
}

/** The lane need not wait for this message any more. `as` 0: nor ever again, unless it is sent once more. */
export function* letGo(db: Db, messageId: string, { as, at }: { as: 0 | null; at: number }): Work<void> {
  const { conversation_id } = yield* read(db, messageId);
  const first = yield* blockerOf(db, conversation_id);
  yield* db.update("messages", messageId, { blocks: as });
  const next = yield* blockerOf(db, conversation_id);
  if (first === messageId && next !== undefined) yield* tellBlocked(db, yield* read(db, next), at);
}

function* read(db: Db, messageId: string): Work<StoredMessage> {
  return (yield* db.one<StoredMessage>(`${selectMessage} WHERE m.id = ?`, messageId))!;
}

function* isWished(db: Db, { on_failed, channel_id }: StoredMessage): Work<boolean> {
  const sql = "SELECT coalesce(?, on_failed) AS wish FROM channels WHERE id = ?";
  return (yield* db.one<{ wish: string | null }>(sql, on_failed, channel_id))?.wish === "block";
}

function* tellBlocked(db: Db, row: StoredMessage, at: number): Work<void> {
  const message = messageReport(messageRow(row), fromJson<PlatformProblem>(row.problem));
  yield* tell(db, { type: "conversation.blocked", conversationId: row.conversation_id, at, message });
}
