import type { PlatformProblem } from "../../core/problem.ts";
import { messageReport } from "../report.ts";
import { fromJson } from "./columns.ts";
import type { Db } from "./connection.ts";
import { tell } from "./events.ts";
import { blockerOf } from "./lane-blocker.ts";
import { messageRow, type StoredMessage, selectMessage } from "./messages.ts";

/** A lane that is not to go on without a message does not go on where nobody knows of it either. */
const ended: readonly string[] = ["failed", "expired", "unknown"];

/** After a change of a message's status, `before` which it was otherwise: what is behind it may have to wait, or no more. */
export function followBlock(db: Db, messageId: string, { before, at }: { before: string; at: number }): void {
  const row = read(db, messageId);
  const hasEnded = ended.includes(row.status);
  if (row.blocks === 1 && !hasEnded) letGo(db, messageId, { as: null, at });
  if (!hasEnded || row.blocks !== null || row.status === before || !isWished(db, row)) return;
  const isFirst = blockerOf(db, row.conversation_id) === undefined;
  db.update("messages", messageId, { blocks: 1 });
  if (isFirst) tellBlocked(db, row, at);
}

/** The lane need not wait for this message any more. `as` 0: nor ever again, unless it is sent once more. */
export function letGo(db: Db, messageId: string, { as, at }: { as: 0 | null; at: number }): void {
  const { conversation_id } = read(db, messageId);
  const first = blockerOf(db, conversation_id);
  db.update("messages", messageId, { blocks: as });
  const next = blockerOf(db, conversation_id);
  if (first === messageId && next !== undefined) tellBlocked(db, read(db, next), at);
}

function read(db: Db, messageId: string): StoredMessage {
  return db.one<StoredMessage>(`${selectMessage} WHERE m.id = ?`, messageId)!;
}

function isWished(db: Db, { on_failed, channel_id }: StoredMessage): boolean {
  const sql = "SELECT coalesce(?, on_failed) AS wish FROM channels WHERE id = ?";
  return db.one<{ wish: string | null }>(sql, on_failed, channel_id)?.wish === "block";
}

function tellBlocked(db: Db, row: StoredMessage, at: number): void {
  const message = messageReport(messageRow(row), fromJson<PlatformProblem>(row.problem));
  tell(db, { type: "conversation.blocked", conversationId: row.conversation_id, at, message });
}
