import type { Conversation } from "../../api/conversations.ts";
import { leftInWords } from "../../content/durations.ts";
import { Badge } from "../../controls/badge.tsx";
import { texts } from "../../texts/texts.ts";
import { useNow } from "./use-now.ts";

const { conversations: words } = texts;
const soonMs = 3_600_000;

/** How long the platform still takes an answer: it counts down to the second. */
export function WindowBadge({ conversation: { window } }: { conversation: Conversation }) {
  const now = useNow();
  if (window.state === "none") return <Badge>{words.windowNone}</Badge>;
  if (window.closes_at === undefined) return <Badge tone="warn">{words.windowNever}</Badge>;
  const leftMs = Date.parse(window.closes_at) - now;
  if (leftMs <= 0) return <Badge tone="bad">{words.windowClosed}</Badge>;
  return <Badge tone={leftMs < soonMs ? "warn" : "good"}>{words.windowOpen(leftInWords(leftMs))}</Badge>;
}

/** Whether the platform would refuse a text now. */
export function isClosed({ window }: Conversation, now: number): boolean {
  if (window.state === "none") return false;
  return window.closes_at === undefined || Date.parse(window.closes_at) <= now;
}
