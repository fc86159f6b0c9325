import { isObject } from "../../../core/json.ts";
import { checkInteractive } from "./check-interactive.ts";
import {
  checkAudio,
  checkContacts,
  checkLocation,
  checkMedia,
  checkReaction,
  checkText,
  type KnowsMedia,
} from "./check-media.ts";
import { exactly, type Fields, object, optionalText, text } from "./fields.ts";
import { GraphRefusal } from "./graph-error.ts";
import { limits } from "./limits.ts";

const checks: Record<string, (value: unknown, knows: KnowsMedia) => void> = {
  text: checkText,
  image: (value, knows) => checkMedia(value, "image", ["caption"], knows),
  video: (value, knows) => checkMedia(value, "video", ["caption"], knows),
  document: (value, knows) => checkMedia(value, "document", ["caption", "filename"], knows),
  audio: checkAudio,
  sticker: (value, knows) => checkMedia(value, "sticker", [], knows),
  location: checkLocation,
  contacts: checkContacts,
  reaction: checkReaction,
  interactive: checkInteractive,
};

const envelope = [
  "messaging_product",
  "recipient_type",
  "to",
  "recipient",
  "type",
  "context",
  "biz_opaque_callback_data",
  "recipient_identity_key_hash",
];

function checkEnvelope(body: Fields, type: string): void {
  const stray = Object.keys(body).find((key) => ![...envelope, type].includes(key));
  if (stray !== undefined) throw new GraphRefusal(100, `Unexpected key "${stray}".`);
  if (body.recipient_type !== undefined) exactly(body.recipient_type, "recipient_type", ["individual"]);
  optionalText(body.biz_opaque_callback_data, "biz_opaque_callback_data", {
    name: "biz_opaque_callback_data",
    max: limits.callbackData,
  });
  if (body.context === undefined) return;
  const context = object(body.context, "context", ["message_id"]);
  text(context.message_id, "context['message_id']", { name: "Message ID" });
}

/** Refuses a body of `POST /{phone_number_id}/messages` that Meta would refuse; gives its type. */
export function checkMessage(body: Fields, knows: KnowsMedia): string {
  if (body.messaging_product !== "whatsapp") {
    throw new GraphRefusal(100, "The parameter messaging_product is required.");
  }
  const type = body.type === undefined ? "text" : body.type;
  const check = typeof type === "string" && Object.hasOwn(checks, type) ? checks[type] : undefined;
  if (typeof type !== "string" || !check) {
    const list = Object.keys(checks).join(", ");
    throw new GraphRefusal(100, `Param type must be one of {${list}} - got "${String(type)}".`);
  }
  if (body.to === undefined && body.recipient === undefined) {
    throw new GraphRefusal(131008, "The parameter to or recipient is required.");
  }
  checkEnvelope(body, type);
  check(body[type], knows);
  if (type === "reaction" && isObject(body.context)) {
    throw new GraphRefusal(100, "Param context is not allowed with a reaction.");
  }
  return type;
}
