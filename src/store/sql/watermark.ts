import { isPassing } from "../../core/problem.ts";
import type { Receipt } from "../../core/status.ts";
import type { Db, Work } from "./db.ts";
import { chosen } from "./each.ts";
import type { StoredCall } from "./messages.ts";
import { addReceipt, type NewReceipt, refresh } from "./progress.ts";

/** More in one transaction would hold up everything else: 100,000 calls take some seconds. */
const callsAtATime = 250;

interface Watermark {
  conversation_id: string;
  status: Receipt;
  until: number;
  /** The calls sent until then have their receipts. */
  joined: number;
}

/** Gives what watermarks reach its receipts, a part in each transaction, and goes on with what a crash left. */
export async function joinReached(db: Db, at?: number): Promise<void> {
  const work = function* () {
    const watermark = yield* unjoined(db);
    if (watermark) yield* joinSome(db, watermark, at ?? watermark.until);
    return (yield* unjoined(db)) !== undefined;
  };
  try {
    while (await db.write(work));
  } catch (error) {
    // What the store cannot take now is joined with the next watermark, or at the next start.
    if (!isPassing(error)) throw error;
  }
}

/** A watermark that reaches calls without their receipts, if there is one. */
export function* unjoined(db: Db): Work<Watermark | undefined> {
  return yield* db.one(
    "SELECT * FROM watermarks WHERE joined < until ORDER BY conversation_id, status LIMIT 1",
  );
}

const reachedCalls =
  "FROM calls WHERE conversation_id = ? AND state = 'accepted' AND sent_at > ? AND sent_at <= ?";

/** Gives the next calls that a watermark reaches their receipts, and tells until when they are joined then. */
export function* joinSome(
  db: Db,
  { conversation_id, status, until, joined }: Watermark,
  at: number,
): Work<number> {
  const last = yield* db.one<{ sent_at: number }>(
    `SELECT sent_at ${reachedCalls} ORDER BY sent_at LIMIT 1 OFFSET ${callsAtATime - 1}`,
    conversation_id,
    joined,
    until,
  );
  const reached = last?.sent_at ?? until;
  const calls = yield* db.all<{ id: string; channel_id: string; message_id: string }>(
    `SELECT id, channel_id, message_id ${reachedCalls} ORDER BY message_seq, position`,
    conversation_id,
    joined,
    reached,
  );
  const news = new Map<string, NewReceipt[]>();
  const receipt = { receipt: status, at: until };
  for (const call of calls) {
    if (yield* addReceipt(db, call, receipt))
      news.set(call.message_id, [...(news.get(call.message_id) ?? []), receipt]);
  }
  for (const [messageId, receipts] of news)
    yield* refresh(db, messageId, { at, source: "platform", receipts });
  const sql = "UPDATE watermarks SET joined = ? WHERE conversation_id = ? AND status = ?";
  yield* db.run(sql, reached, conversation_id, status);
  return reached;
}

/** The receipts that watermarks of a call's conversation give it, as far as it had not had them. */
export function* joinWatermarks(db: Db, call: StoredCall): Work<NewReceipt[]> {
  if (call.sent_at === null) return [];
  const receipts = (yield* readWatermarks(db, call.conversation_id))
    .filter(({ until }) => call.sent_at !== null && call.sent_at <= until)
    .map(({ status, until }) => ({ receipt: status, at: until }));
  return yield* chosen(receipts, (receipt) => addReceipt(db, call, receipt));
}

/** The call, with the time that the platform's own word of its sending gives it where that is earlier than ours. */
export function* sentByReceipts(db: Db, call: StoredCall, receipts: readonly NewReceipt[]): Work<StoredCall> {
  const told = receipts.filter(({ receipt }) => receipt === "sent").map(({ at }) => at);
  const sentAt = Math.min(...told, call.sent_at ?? Number.POSITIVE_INFINITY);
  if (call.sent_at === null || sentAt >= call.sent_at) return call;
  yield* db.update("calls", call.id, { sent_at: sentAt });
  return { ...call, sent_at: sentAt };
}

/** What was said of a conversation. */
export function* readWatermarks(db: Db, conversationId: string): Work<Watermark[]> {
  return yield* db.all<Watermark>(
    "SELECT * FROM watermarks WHERE conversation_id = ? ORDER BY status",
    conversationId,
  );
}
