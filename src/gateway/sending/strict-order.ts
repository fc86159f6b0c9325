import { mergedOptions } from "../../core/options.ts";
import type { ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";

/**
 * Reports come within a second or two. One that is lost must not stop a conversation: later than this the next
 * message goes, in order of its leaving if not of its arrival.
 */
const longestWaitMs = 5_000;

/**
 * How long a message with `strict_order` still waits for the report of what left before it, in ms: a platform may
 * hand on messages that follow each other closely in another order.
 */
export async function strictWaitMs(
  { store, clock, platforms }: Gateway,
  channel: ChannelRow,
  message: MessageRow,
): Promise<number> {
  const options = mergedOptions(channel.options, message.options);
  if (!platforms[channel.platform].wantsReport?.(options)) return 0;
  const since = await store.unreportedSince(message.conversationId);
  return since === undefined ? 0 : Math.max(0, since + longestWaitMs - clock.steady());
}
