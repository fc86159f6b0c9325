import { spelling } from "../person-redaction.ts";
import { findConversation } from "./conversations.ts";
import type { Work } from "./db.ts";
import type { EventOf, Setting } from "./setting.ts";
import { joinSome, readWatermarks } from "./watermark.ts";

/**
 * All that was sent to a conversation until then has arrived, or is read. A watermark only grows, so it reaches just the
 * calls sent between the last one and this; those whose acceptance is stored later are joined then. What was sent when
 * is told by our clock or by the platform's echo, whichever says earlier: the more is known, the more is reached, in
 * whatever order it becomes known. Of many calls the first get their receipts, and the others by `joinReached`.
 */
export function* digestWatermark(
  setting: Setting,
  { chat, sender, status, until }: EventOf<"watermark">,
): Work<void> {
  const { db, channelId, at } = setting;
  const lane = yield* findConversation(db, { channelId, chat, aliases: sender.aliases });
  if (!lane) {
    for (const name of [chat.id, ...sender.aliases]) setting.strangers.add(spelling(name));
    return;
  }
  const former = (yield* readWatermarks(db, lane.id)).find((one) => one.status === status);
  if (former && until <= former.until) return;
  yield* db.run(
    `INSERT INTO watermarks (channel_id, conversation_id, status, until) VALUES (?, ?, ?, ?)
     ON CONFLICT (conversation_id, status) DO UPDATE SET until = excluded.until`,
    channelId,
    lane.id,
    status,
    until,
  );
  yield* joinSome(db, { conversation_id: lane.id, status, until, joined: former?.joined ?? -1 }, at);
}
