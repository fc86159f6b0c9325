import { isObject } from "../../../core/json.ts";
import type { Call, Capabilities, Limit, Rate, TypeCapability } from "../../../core/platform.ts";
import type { Unit } from "../../../core/problem.ts";
import { type Dialect, templateLimits } from "./dialect.ts";
import type { AttachmentType } from "./wire.ts";

const read = "2026-11-21";

/** Where a platform documents what is alike on both, and the sentences in which they differ. */
interface Described {
  pages: {
    text: string;
    buttonTemplate: string;
    genericTemplate: string;
    quickReplies: string;
    postback: string;
  };
  button: string;
  audio: string;
  document: string;
  sticker: string;
}

/** What a platform of the Send API draws and how fast it takes messages. */
export function capabilitiesOf(dialect: Dialect, { pages, ...how }: Described): Capabilities {
  const limit = (max: number, unit: Unit, source: string): Limit => ({ max, unit, source, read });
  const points = (max: number, source: string) => limit(max, "code_points", source);
  const text = { text: limit(dialect.maxText.max, dialect.maxText.unit, pages.text) };
  // Where texts are bounded by bytes, a template's text keeps to that too: its page names no unit.
  const bytes = dialect.maxTemplateText.find(({ unit }) => unit === "bytes");
  const buttons = {
    template_text: points(templateLimits.buttonText, pages.buttonTemplate),
    ...(bytes && { template_text_bytes: limit(bytes.max, bytes.unit, pages.text) }),
    buttons: limit(3, "items", pages.buttonTemplate),
    payload: points(1000, pages.postback),
    button_title: points(templateLimits.buttonTitle, pages.buttonTemplate),
  };
  const quickReplies = {
    quick_replies: limit(templateLimits.quickReplies, "items", pages.quickReplies),
    quick_reply_title: points(templateLimits.buttonTitle, pages.quickReplies),
  };
  const cards = {
    card_title: points(templateLimits.cardTitle, pages.genericTemplate),
    card_subtitle: points(templateLimits.cardSubtitle, pages.genericTemplate),
    cards: limit(10, "items", pages.genericTemplate),
  };
  return {
    types: {
      ...plainTypes(dialect, how, text),
      button: adaptedOr(dialect, how.button, { ...text, ...buttons, ...quickReplies }),
      list: adapted(
        "Quick replies under the outline where titles are short and stand alone; else the text and a card for each row.",
        { ...text, ...quickReplies, ...cards },
      ),
      cta_url: native("A button that opens the URL; a longer text goes before it.", { ...text, ...buttons }),
      carousel: adapted(
        `The text, then cards side by side; with a video${dialect.formats.image ? ", a picture of another kind" : ""} or an uploaded file, a message for each card.`,
        { ...text, ...buttons, ...cards },
      ),
      location_request_message: refused(
        `${dialect.title} cannot ask for a location; under best_effort a text asks for the address.`,
      ),
      address_message: refused(`${dialect.title} has no form for an address.`),
      flow: refused(`Flows are forms of WhatsApp's; ${dialect.title} cannot show them.`),
    },
    pace,
    windowSeconds: 86_400,
    // https://developers.facebook.com/docs/messenger-platform/send-messages/message-tags (HUMAN_AGENT), read 2026-11-21.
    humanWindowSeconds: 604_800,
  };
}

type Limits = Record<string, Limit>;

function plainTypes({ title, formats }: Dialect, how: Omit<Described, "pages">, text: Limits) {
  const of = (type: AttachmentType) => (formats[type] ? { formats: formats[type] } : {});
  return {
    text: native("A text; one that is too long goes in parts.", text),
    image: { ...native("A picture; a caption follows as a text.", text), ...of("image") },
    video: { ...native("A video; a caption follows as a text.", text), ...of("video") },
    audio: { ...native(how.audio), ...of("audio") },
    document: { ...native(how.document, text), ...of("file") },
    sticker: { ...adapted(how.sticker), ...of("image") },
    location: adapted("Name, address and a link to a map as a text.", text),
    contacts: adapted(`A text: ${title} has no contact cards.`, text),
    reaction: native("A reaction with any emoji; an empty one takes it back."),
  };
}

/** The platform's own buttons are native where a template is the rule. */
function adaptedOr(dialect: Dialect, how: string, limits: Limits): TypeCapability {
  return dialect.replyButtons({}, true) === "template" ? native(how, limits) : adapted(how, limits);
}

function native(how: string, limits?: Limits): TypeCapability {
  return { support: "native", how, ...(limits && { limits }) };
}
function adapted(how: string, limits?: Limits): TypeCapability {
  return { support: "adapted", how, ...(limits && { limits }) };
}
function refused(how: string): TypeCapability {
  return { support: "refused", how };
}

const rate = (perSecond: number): Rate => ({
  perSecond,
  // Only makes up for what leaves late, by up to a fifth of a second.
  burst: Math.ceil(perSecond / 5),
  source:
    "https://developers.facebook.com/documentation/business-messaging/messenger-platform/overview/rate-limiting",
  read,
});
/** The page warns of "too many messages" to one person and has no number, so that the channel's holds for each. */
const pace: Capabilities["pace"] = {
  channel: rate(300),
  contact: rate(300),
  kinds: { audio_or_video: rate(10) },
};

/** Audio and video have a rate of their own. */
export function kindOf({ body }: Call): string | undefined {
  const message = isObject(body?.message) ? body.message : undefined;
  const attachment = isObject(message?.attachment) ? message.attachment : undefined;
  return attachment?.type === "audio" || attachment?.type === "video" ? "audio_or_video" : undefined;
}
