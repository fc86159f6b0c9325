import { instantOfMs } from "../../../core/clock.ts";
import type { PlatformEvent } from "../../../core/platform.ts";
import { textOf, wholeOf } from "../read.ts";
import { type Arrival, fromContact, isOwn, timeOf } from "./arrival.ts";

/** What Messenger says arrived: by ids where it knows them, and in any case all until an instant. */
export function readDelivery(arrival: Arrival): PlatformEvent[] | string {
  const mids: unknown[] = Array.isArray(arrival.part.mids) ? arrival.part.mids : [];
  const named = mids
    .filter((mid) => typeof mid === "string" && mid !== "")
    .map((mid) => receipt(arrival, "delivered", String(mid)));
  const all = watermark(arrival, "delivered");
  const events = all ? [...named, all] : named;
  return events.length > 0 ? events : "a delivery of nothing";
}

/** Instagram names the message that was seen, Messenger the instant until which all is read. */
export function readSeen(arrival: Arrival): PlatformEvent[] | string {
  const mid = textOf(arrival.part, "mid");
  if (mid) return [receipt(arrival, "read", mid)];
  const all = watermark(arrival, "read");
  return all ? [all] : "a read of nothing";
}

const receiptKeys = { delivered: "dlv", read: "rd" } as const;
type Receipt = keyof typeof receiptKeys;

function receipt({ at }: Arrival, status: Receipt, platformId: string): PlatformEvent {
  const dedupeKey = `${receiptKeys[status]}:${platformId}`;
  return { kind: "status", dedupeKey, ...timeOf({ at }), platformId, status };
}

function watermark(arrival: Arrival, status: Receipt): PlatformEvent | undefined {
  const until = instantOfMs(wholeOf(arrival.part, "watermark"));
  if (until === undefined) return undefined;
  const dedupeKey = `${receiptKeys[status]}:${arrival.from}:${until}`;
  return { kind: "watermark", dedupeKey, ...fromContact(arrival), status, until };
}

/** By Messenger's names, for a reaction that comes without its emoji. */
const emojiByName: Record<string, string> = {
  smile: "😆",
  laugh: "😆",
  angry: "😠",
  sad: "😢",
  wow: "😮",
  love: "❤️",
  like: "👍",
  dislike: "👎",
};

/**
 * Taken back: by its action; the emoji may be missing then.
 * Source: …/messenger-platform/webhooks/webhook-events/message-reactions, read 2026-11-21.
 */
export function readReaction(arrival: Arrival): PlatformEvent[] | string {
  const { part, from, time } = arrival;
  if (isOwn(arrival)) return "a reaction of the account's own";
  const target = textOf(part, "mid");
  const action = textOf(part, "action");
  if (!target || (action !== "react" && action !== "unreact")) return "a reaction to nothing";
  const name = textOf(part, "reaction") ?? "";
  const shown = textOf(part, "emoji") ?? (Object.hasOwn(emojiByName, name) ? emojiByName[name] : undefined);
  const emoji = action === "unreact" ? "" : shown;
  if (emoji === undefined) return "a reaction without emoji";
  const dedupeKey = `rx:${target}:${from}:${action}:${emoji}:${time}`;
  const given = { ...fromContact(arrival), platformId: dedupeKey, target, emoji };
  // send-messages (2026-05-05, read 2026-11-21) names a reaction among what opens the window; taking one back is none.
  return [{ kind: "reaction", dedupeKey, ...given, ...(emoji !== "" && { renewsWindow: true }) }];
}

/** `num_edit` counts the edits; Meta's sample writes it as text. */
export function readEdit(arrival: Arrival): PlatformEvent[] | string {
  const { part, time } = arrival;
  if (isOwn(arrival)) return "an edit of the account's own";
  const platformId = textOf(part, "mid");
  const body = textOf(part, "text");
  if (!platformId || body === undefined) return "an edit that cannot be read";
  const dedupeKey = `edit:${platformId}:${wholeOf(part, "num_edit") ?? time}`;
  const content = { type: "text", text: { body } };
  return [{ kind: "edited", dedupeKey, ...fromContact(arrival), platformId, content }];
}
