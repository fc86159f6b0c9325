import type { Origin } from "../core/message.ts";
import type { Platform } from "../core/platform.ts";
import type { FieldProblem } from "../core/problem.ts";
import type { ConversationRow } from "../store/rows.ts";

type Windowed = Pick<Platform, "title" | "capabilities">;

/** How long ago the contact last wrote, in seconds; Infinity: never. */
function silentSeconds(conversation: ConversationRow | undefined, now: number): number {
  const lastInboundAt = conversation?.lastInboundAt;
  return lastInboundAt === undefined ? Number.POSITIVE_INFINITY : (now - lastInboundAt) / 1000;
}

/** Whether the platform's window after the contact's last message is over, as far as we know. */
export function isWindowClosed(
  { capabilities: { windowSeconds } }: Windowed,
  conversation: ConversationRow | undefined,
  now: number,
): boolean {
  return windowSeconds !== null && silentSeconds(conversation, now) >= windowSeconds;
}

/** Advice about a message that may come too late, or whose `origin` changes nothing. */
export function windowWarnings(
  platform: Windowed,
  origin: Origin | undefined,
  { conversation, now }: { conversation: ConversationRow | undefined; now: number },
): FieldProblem[] {
  const { windowSeconds, humanWindowSeconds } = platform.capabilities;
  const isHuman = origin === "human";
  const unused = isHuman && humanWindowSeconds === undefined ? [originUnused(platform)] : [];
  if (windowSeconds === null || !isWindowClosed(platform, conversation, now)) return unused;
  const mayBeHuman = humanWindowSeconds && silentSeconds(conversation, now) < humanWindowSeconds;
  if (isHuman && mayBeHuman) return [];
  const seconds = isHuman && humanWindowSeconds ? humanWindowSeconds : windowSeconds;
  return [...unused, windowClosed(platform, seconds, mayBeHuman ? humanWindowSeconds : undefined)];
}

function windowClosed({ title }: Windowed, seconds: number, humanSeconds?: number): FieldProblem {
  const decides = "The platform's own clock decides; a refusal comes back as message.failed.";
  const human = `What a person answers may go for ${spelled(humanSeconds ?? 0)}: send it with "origin":"human".`;
  return {
    pointer: "/to",
    rule: "window_closed",
    message: `${title} may refuse this: the contact has not written in the last ${spelled(seconds)}.`,
    hint: humanSeconds ? `${human} ${decides}` : decides,
  };
}

function originUnused({ title }: Windowed): FieldProblem {
  return {
    pointer: "/origin",
    rule: "origin_unused",
    message: `${title} makes no difference between what a person and what a program wrote.`,
    hint: "Leave `origin` out; elsewhere it keeps the window open longer.",
  };
}

function spelled(seconds: number): string {
  const hours = seconds / 3600;
  return hours > 48 ? `${hours / 24} days` : `${hours} hours`;
}
