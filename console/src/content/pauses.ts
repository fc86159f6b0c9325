import type { Channel } from "../api/channels.ts";
import type { Measures } from "../api/measures.ts";
import { texts } from "../texts/texts.ts";

const { pauses: words, pausedByPerson } = texts.channels;
/** Of these the channel's own words say more; of the others they are of an earlier pause. */
const told = new Set(["token", "unreadable", "restriction"]);

/** A channel that sends nothing now, and by which of the gateway's reasons. */
export interface Pause {
  channel: string;
  reason: string;
}

/** As they are measured now; a channel may have several. */
export function pausesIn({ now }: Measures): Pause[] {
  return now
    .filter(({ name, value }) => name === "antiphon_channel_paused" && value > 0)
    .map(({ labels: { channel = "", reason = "" } }) => ({ channel, reason }));
}

/** Why, in few words, and what to do, first in the gateway's own. */
export function wordsOfPause(reason: string, channel?: Channel): { why: string; advice: string[] } {
  const { why, advice } = words[reason] ?? { why: reason, advice: "" };
  const own = told.has(reason) && channel?.paused_reason !== pausedByPerson ? channel?.paused_reason : "";
  return { why, advice: [own ?? "", advice].filter(Boolean) };
}
