import type { Platform, Rate } from "../../core/platform.ts";
import type { CallRow, ChannelRow, MessageRow } from "../../store/rows.ts";
import type { Use } from "../pace.ts";

type Paced = Pick<Platform, "capabilities" | "kindOf" | "address">;

/** What a channel keeps: its platform's rate, or its own with a burst in proportion. */
export function channelUse({ capabilities: { pace } }: Paced, { id, messagesPerSecond }: ChannelRow): Use {
  const usual = pace.channel;
  if (messagesPerSecond === undefined) return { key: id, rate: usual, isToTheSecond: true };
  const burst = Math.max(1, Math.round((usual.burst * messagesPerSecond) / usual.perSecond));
  return { key: id, rate: { ...usual, perSecond: messagesPerSecond, burst }, isToTheSecond: true };
}

/** What a channel's calls of this one's kind keep besides, where there is such a rate. */
export function kindUse(platform: Paced, call: CallRow): Use | undefined {
  const kind = platform.kindOf?.(call.call);
  const rate: Rate | undefined = kind === undefined ? undefined : platform.capabilities.pace.kinds?.[kind];
  return rate && { key: `${kind} ${call.channelId}`, rate, isToTheSecond: true };
}

/** What a conversation keeps: the rate of one contact, and in a group that of groups too. */
export function conversationUses(
  platform: Paced,
  { call, message }: { call: CallRow; message: MessageRow },
): Use[] {
  const { pace } = platform.capabilities;
  const to = platform.address(message.address);
  const isGroup = !("problem" in to) && to.chat !== "private";
  return [
    { key: call.conversationId, rate: pace.contact },
    ...(isGroup && pace.group ? [{ key: `group ${call.conversationId}`, rate: pace.group }] : []),
  ];
}
