import type { Receipt } from "../../core/status.ts";
import type { Db } from "./connection.ts";
import { findConversation } from "./conversations.ts";
import type { StoredCall } from "./messages.ts";
import { addReceipt, type NewReceipt, refresh } from "./progress.ts";
import type { EventOf, Setting } from "./setting.ts";

/**
 * All that was sent to a conversation until then has arrived, or is read. A watermark only grows, so it reaches just the
 * calls sent between the last one and this; those whose acceptance is stored later are joined then. What was sent when
 * is told by our clock or by the platform's echo, whichever says earlier: the more is known, the more is reached, in
 * whatever order it becomes known.
 */
export function digestWatermark(
  setting: Setting,
  { chat, sender, status, until }: EventOf<"watermark">,
): void {
  const { db, channelId, at } = setting;
  const lane = findConversation(db, { channelId, chat, aliases: sender.aliases });
  if (!lane) return;
  const reached = readWatermarks(db, lane.id).get(status) ?? -1;
  if (until <= reached) return;
  db.run(
    `INSERT INTO watermarks (conversation_id, status, until) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET until = excluded.until`,
    lane.id,
    status,
    until,
  );
  const calls = db.all<{ id: string; message_id: string }>(
    `SELECT id, message_id FROM calls WHERE conversation_id = ? AND state = 'accepted' AND sent_at > ? AND sent_at <= ?
     ORDER BY message_seq, position`,
    lane.id,
    reached,
    until,
  );
  const news = new Map<string, NewReceipt[]>();
  const receipt = { receipt: status, at: until };
  for (const call of calls) {
    if (addReceipt(db, call.id, receipt))
      news.set(call.message_id, [...(news.get(call.message_id) ?? []), receipt]);
  }
  for (const [messageId, receipts] of news) refresh(db, messageId, { at, source: "platform", receipts });
}

/** The receipts that watermarks of a call's conversation give it, as far as it had not had them. */
export function joinWatermarks(db: Db, call: StoredCall): NewReceipt[] {
  if (call.sent_at === null) return [];
  return [...readWatermarks(db, call.conversation_id)]
    .filter(([, until]) => call.sent_at !== null && call.sent_at <= until)
    .map(([receipt, until]) => ({ receipt, at: until }))
    .filter((receipt) => addReceipt(db, call.id, receipt));
}

/** The call, with the time that the platform's own word of its sending gives it where that is earlier than ours. */
export function sentByReceipts(db: Db, call: StoredCall, receipts: readonly NewReceipt[]): StoredCall {
  const told = receipts.filter(({ receipt }) => receipt === "sent").map(({ at }) => at);
  const sentAt = Math.min(...told, call.sent_at ?? Number.POSITIVE_INFINITY);
  if (call.sent_at === null || sentAt >= call.sent_at) return call;
  db.update("calls", call.id, { sent_at: sentAt });
  return { ...call, sent_at: sentAt };
}

function readWatermarks(db: Db, conversationId: string): Map<Receipt, number> {
  const sql = "SELECT status, until FROM watermarks WHERE conversation_id = ? ORDER BY status";
  const rows = db.all<{ status: Receipt; until: number }>(sql, conversationId);
  return new Map(rows.map(({ status, until }) => [status, until]));
}
