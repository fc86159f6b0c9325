import { limitsOf } from "../../core/limits.ts";
import type { MessageType } from "../../core/message.ts";
import type { Capabilities, TypeCapability } from "../../core/platform.ts";

const docs = "https://developers.facebook.com/documentation/business-messaging/whatsapp";
const read = "2026-11-21";

function native(type: MessageType, how: string): TypeCapability {
  const limits = limitsOf(type);
  return { support: "native", how, ...(Object.keys(limits).length > 0 && { limits }) };
}

/** What WhatsApp draws and how fast it takes messages. */
export const capabilities: Capabilities = {
  types: {
    button: native("button", "As reply buttons under the message."),
    list: native("list", "As a button that opens a list; several sections each need a title."),
    cta_url: native("cta_url", "As a button that opens the URL; a tap sends nothing."),
    carousel: native("carousel", "As cards side by side."),
    location_request_message: native(
      "location_request_message",
      "As a button that opens the location picker.",
    ),
    address_message: native("address_message", "As an address form; for numbers of India only."),
    flow: native("flow", "As a button that opens the flow."),
    text: native("text", "As a text; the first link may get a preview."),
    image: native("image", "As a picture with its caption: JPEG or PNG, up to 5 MB."),
    video: native("video", "As a video with its caption: MP4 or 3GPP, up to 16 MB."),
    audio: native("audio", "As audio, or as a voice note (OGG with OPUS); up to 16 MB."),
    document: native("document", "As a file with its name and caption; up to 100 MB."),
    sticker: native("sticker", "As a sticker: WebP, up to 100 KB, animated 500 KB."),
    location: native("location", "As a map with name and address."),
    contacts: native("contacts", "As contact cards."),
    reaction: native("reaction", "As an emoji on the message; an empty one takes it back."),
  },
  pace: {
    // A number may be raised to 1,000, and one that is also in the WhatsApp Business app has 20. The burst only makes
    // up for what leaves late, by up to a fifth of a second.
    channel: { perSecond: 80, burst: 16, maxPerSecond: 1000, source: `${docs}/throughput`, read },
    // One message in six seconds to one person, and 45 at once that are borrowed from the time after.
    contact: { perSecond: 1 / 6, burst: 45, source: `${docs}/about-the-platform#pair-rate-limits`, read },
  },
  windowSeconds: 86_400,
};
