import { timestamp } from "../../core/clock.ts";
import type { Origin } from "../../core/message.ts";
import type { Platform } from "../../core/platform.ts";
import { type FieldProblem, GatewayError } from "../../core/problem.ts";
import type { ConversationRow } from "../../store/rows.ts";

type Windowed = Pick<Platform, "title" | "capabilities">;

/** How long ago the contact last wrote, in seconds; Infinity: never. */
function silentSeconds(conversation: ConversationRow | undefined, now: number): number {
  const lastInboundAt = conversation?.lastInboundAt;
  return lastInboundAt === undefined ? Number.POSITIVE_INFINITY : (now - lastInboundAt) / 1000;
}

/**
 * Whether the platform's window after the contact's last message is known to be over. Not for who was never heard: a
 * channel that was just connected knows nothing of what was written before.
 */
export function isWindowClosed(
  { capabilities: { windowSeconds } }: Windowed,
  conversation: ConversationRow | undefined,
  now: number,
): boolean {
  const isHeard = conversation?.lastInboundAt !== undefined;
  return isHeard && windowSeconds !== null && silentSeconds(conversation, now) >= windowSeconds;
}

interface Wish {
  conversation: ConversationRow | undefined;
  now: number;
  origin?: Origin;
}

/** The window that is over for a message of this origin, and the longer one that a person's answer could still use. */
function closedWindow(
  platform: Windowed,
  { conversation, now, origin }: Wish,
): { seconds: number; humanSeconds?: number } | undefined {
  const { windowSeconds, humanWindowSeconds } = platform.capabilities;
  if (windowSeconds === null || silentSeconds(conversation, now) < windowSeconds) return undefined;
  const mayBeHuman = humanWindowSeconds && silentSeconds(conversation, now) < humanWindowSeconds;
  const isHuman = origin === "human" && humanWindowSeconds !== undefined;
  if (isHuman) return mayBeHuman ? undefined : { seconds: humanWindowSeconds };
  return { seconds: windowSeconds, ...(mayBeHuman && { humanSeconds: humanWindowSeconds }) };
}

/** Advice about a message that may come too late, or whose `origin` changes nothing. */
export function windowWarnings(platform: Windowed, wish: Wish): FieldProblem[] {
  const isUnused = wish.origin === "human" && platform.capabilities.humanWindowSeconds === undefined;
  const closed = closedWindow(platform, wish);
  return [
    ...(isUnused ? [originUnused(platform)] : []),
    ...(closed ? [windowClosed(platform, closed.seconds, closed.humanSeconds)] : []),
  ];
}

/** For `if_window_closed:"reject"`: throws where the window is over as far as we know. `closed_at` is null for who never wrote. */
export function refuseIfClosed(platform: Windowed, wish: Wish): void {
  const closed = closedWindow(platform, wish);
  if (!closed) return;
  const { hint } = windowClosed(platform, closed.seconds, closed.humanSeconds);
  const lastInboundAt = wish.conversation?.lastInboundAt;
  const closedAt = lastInboundAt === undefined ? null : timestamp(lastInboundAt + closed.seconds * 1000);
  const since = closedAt === null ? "they never wrote" : `their window closed at ${closedAt}`;
  throw new GatewayError(
    "window_closed",
    `The contact has not written in the last ${spelled(closed.seconds)} (${since}), and the request says to reject then.`,
    { extra: { closed_at: closedAt, ...(closed.humanSeconds && hint && { hint }) } },
  );
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
