import type { Call, Platform, PlatformEvent } from "../../core/platform.ts";
import { readPlatformId } from "./message-id.ts";

/** In code points. https://core.telegram.org/bots/api#answercallbackquery, read 2026-11-21. */
const maxToastCodePoints = 200;

type Answered = Parameters<NonNullable<Platform["acknowledge"]>>[1];

/** A tap is answered with a toast, or the button keeps spinning; a vote in a private chat closes its poll. */
export function acknowledge(event: PlatformEvent, answered: Answered): Call[] {
  if (event.kind !== "received") return [];
  if (event.demand !== undefined) return [answerTap(event.demand, answered?.title)];
  const voted = event.answer?.by === "poll" && event.answer.keys.length > 0;
  return voted && answered?.chat === "private" ? stopPoll(answered.platformIds) : [];
}

function answerTap(id: string, title: string | undefined): Call {
  const text = title && [..."✓ ", ...title].slice(0, maxToastCodePoints).join("");
  const body = { callback_query_id: id, ...(text ? { text } : {}) };
  return { method: "POST", path: "/bot/answerCallbackQuery", body, part: "answer" };
}

/** The poll's message is the one whose id stands with it. */
function stopPoll(platformIds: readonly string[]): Call[] {
  const poll = platformIds.findIndex((id) => id.startsWith("poll:"));
  const found = readPlatformId(platformIds[poll - 1] ?? platformIds[0] ?? "");
  if (!found) return [];
  const body = { chat_id: found.chatId, message_id: found.messageId };
  return [{ method: "POST", path: "/bot/stopPoll", body, part: "close" }];
}
