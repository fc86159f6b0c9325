import type { Capabilities, Limit, Rate, TypeCapability } from "../../core/platform.ts";
import type { Unit } from "../../core/problem.ts";
import { maxCaptionCodePoints, maxTextCodePoints } from "./draft.ts";
import { pollLimits } from "./poll.ts";
import { maxFileBytes, maxPhotoBytes } from "./upload.ts";

const read = "2026-11-21";
const api = (anchor: string) => `https://core.telegram.org/bots/api#${anchor}`;
const limit = (max: number, unit: Unit, anchor: string): Limit => ({ max, unit, source: api(anchor), read });

const text = limit(maxTextCodePoints, "code_points", "sendmessage");
const caption = limit(maxCaptionCodePoints, "code_points", "sendphoto");
const file = limit(maxFileBytes, "bytes", "sending-files");
const callbackData = limit(64, "bytes", "inlinekeyboardbutton");

function native(how: string, limits?: Record<string, Limit>): TypeCapability {
  return { support: "native", how, ...(limits ? { limits } : {}) };
}
function adapted(how: string, limits?: Record<string, Limit>): TypeCapability {
  return { support: "adapted", how, ...(limits ? { limits } : {}) };
}
function refused(how: string): TypeCapability {
  return { support: "refused", how };
}

const types: Capabilities["types"] = {
  text: native("A text; one that is too long goes in parts.", { text }),
  image: native("A photo with a caption; a caption that is too long follows as a text.", {
    caption,
    upload: limit(maxPhotoBytes, "bytes", "sending-files"),
  }),
  video: native("A video with a caption; a caption that is too long follows as a text.", {
    caption,
    upload: file,
  }),
  document: native(
    "A document with a caption. By link Telegram takes PDF, ZIP and GIF; any other goes up from here.",
    { caption, upload: file },
  ),
  audio: native("An audio file, or a voice note.", { upload: file }),
  sticker: native("A sticker.", { upload: file }),
  location: native("A location, or a venue where it has a name and an address."),
  contacts: native("A card for each contact with a telephone number, a text for one without.", {
    vcard: limit(2048, "bytes", "sendcontact"),
  }),
  reaction: native("A reaction; Telegram takes only some emoji."),
  button: native(
    "Buttons under the text; a text header is a bold first line, the footer an italic last one.",
    {
      text,
      caption,
      callback_data: callbackData,
    },
  ),
  list: adapted(
    "A poll where everything fits its question and the chat is sure to take it (an id -100… may be a channel's, which does not), else buttons under the outline of the list.",
    {
      text,
      question: limit(pollLimits.question, "code_points", "sendpoll"),
      option: limit(pollLimits.option, "code_points", "inputpolloption"),
      options: limit(pollLimits.options, "items", "sendpoll"),
      callback_data: callbackData,
    },
  ),
  cta_url: native("A button that opens the URL; one that Telegram refuses stands in the text.", {
    text,
    caption,
  }),
  carousel: adapted("The text, then a photo or video with its own buttons for each card.", { text, caption }),
  location_request_message: native("A button that shares the location; in private chats only.", { text }),
  address_message: refused("Telegram has no form for an address."),
  flow: refused("Flows are forms of Meta's; Telegram cannot show them."),
};

const limitsPage = "https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this";
const rate = (perSecond: number, burst: number): Rate => ({ perSecond, burst, source: limitsPage, read });

/**
 * The page names about 30 messages a second in all, one a second in a chat with "short bursts" allowed, and 20 a
 * minute in a group. The burst in a chat has no number; 10 lets a carousel leave at once. A group's 5 and then one every
 * 4 s make 20 in the worst minute. The bot's own burst only makes up for what leaves late, by up to a fifth of a
 * second.
 */
const pace: Capabilities["pace"] = { channel: rate(30, 6), contact: rate(1, 10), group: rate(0.25, 5) };

export const capabilities: Capabilities = { types, pace, windowSeconds: null };
