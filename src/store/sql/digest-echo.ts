import { findConversation } from "./conversations.ts";
import type { Work } from "./db.ts";
import { alikeCall, isUnderWay, keepEcho } from "./echoes.ts";
import { byPlatformId } from "./messages.ts";
import { refresh } from "./progress.ts";
import { digestReceipt } from "./receipt.ts";
import type { EventOf, Setting } from "./setting.ts";
import { acceptEchoed, readCall } from "./settle.ts";

/**
 * An echo that names no message of ours: of a call that was answered, by the platform's id; else of the oldest
 * unanswered one that fits; else perhaps of one that is under way, or of nobody here.
 */
export function* digestEcho(setting: Setting, event: EventOf<"echo">): Work<void> {
  const { platformId, likeness, sentTo } = event;
  if (likeness === undefined || sentTo === undefined) return;
  const { db, channelId, at, learned } = setting;
  const known = yield* byPlatformId(db, channelId, platformId);
  if (known) {
    if (known.call_id !== null) yield* digestSent(setting, event, known.call_id);
    return;
  }
  const chat = { id: sentTo, type: "private" } as const;
  const conversationId = (yield* findConversation(db, { channelId, chat, aliases: [sentTo] }))?.id;
  if (conversationId === undefined) return;
  const echo = { platform_id: platformId, at: event.at ?? at };
  // Its own call's answer may be overtaken by it: whose it is shows when that has come, or was missed.
  const call = (yield* isUnderWay(db, conversationId))
    ? undefined
    : yield* alikeCall(db, { conversationId, likeness, at: echo.at });
  if (!call) {
    yield* keepEcho(db, echo, { channelId, conversationId, likeness, now: at });
    return;
  }
  learned.heard.push(conversationId);
  yield* refresh(db, call.message_id, {
    at,
    source: "platform",
    receipts: yield* acceptEchoed(db, call, echo),
  });
}

function* digestSent(
  setting: Setting,
  { dedupeKey, at, platformId }: EventOf<"echo">,
  callId: string,
): Work<void> {
  const began = (yield* readCall(setting.db, callId))?.began_at ?? undefined;
  if (began !== undefined) setting.learned.echoedAfterMs.push(Math.max(0, setting.steady - began));
  yield* digestReceipt(setting, {
    kind: "status",
    status: "sent",
    dedupeKey,
    platformId,
    ...(at !== undefined && { at }),
  });
}
