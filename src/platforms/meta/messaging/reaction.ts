import type { Call, RenderContext } from "../../../core/platform.ts";
import type { Dialect } from "./dialect.ts";
import { callOf } from "./draft.ts";
import type { Impossible } from "./interactive.ts";

/**
 * A reaction to the quoted message; an empty emoji takes it back. Any emoji is taken.
 * https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages/sender-actions, read 2026-11-21.
 */
export function drawReaction(
  emoji: string,
  { to, quotes }: RenderContext,
  { title }: Dialect,
): { call: Call } | Impossible {
  if (quotes === undefined)
    return {
      path: "/content/reaction/message_id",
      reason: `The message to react to is not on ${title}.`,
    };
  const recipient = { id: to };
  const taken = { recipient, sender_action: "unreact", payload: { message_id: quotes } } as const;
  const payload = { message_id: quotes, reaction: emoji };
  const given = { recipient, sender_action: "react", payload } as const;
  return { call: callOf(emoji === "" ? taken : given, "reaction") };
}
