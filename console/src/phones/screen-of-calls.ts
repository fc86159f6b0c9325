import type { Call, PlatformName } from "../../../src/core/platform.ts";
import { fields } from "./calls/fields.ts";
import { messagingBubble, quickRepliesOf } from "./calls/messaging.ts";
import { replyKeyboardOf, telegramBubble } from "./calls/telegram.ts";
import { whatsappBubble } from "./calls/whatsapp.ts";
import type { Bubble, Screen } from "./screen.ts";

/**
 * What an app shows of these calls: read from what goes over the wire and nothing else, so that what is drawn is what
 * is sent. The bubbles are called `call-0`, `call-1`, …
 */
export function screenOfCalls(platform: PlatformName, calls: readonly Call[]): Screen {
  const bubbles = calls.map((call, index) => bubbleOf(platform, `call-${index}`, call));
  const last = calls.at(-1);
  const body = fields(last?.body);
  const id = bubbles.at(-1)?.id ?? "";
  if (platform === "telegram") {
    const keyboard = calls
      .map((call, index) => replyKeyboardOf(bubbles[index]!.id, fields(call.body)))
      .findLast((one) => one !== undefined);
    return { platform, bubbles, ...(keyboard && { keyboard }) };
  }
  const quickReplies = platform === "whatsapp" ? undefined : quickRepliesOf(id, body);
  return { platform, bubbles, ...(quickReplies && { quickReplies }) };
}

function bubbleOf(platform: PlatformName, id: string, { path, body }: Call): Bubble {
  const given = fields(body);
  if (platform === "whatsapp") return whatsappBubble(id, given);
  if (platform === "telegram") return telegramBubble(id, path.split("/").at(-1) ?? "", given);
  return messagingBubble(id, given);
}
