/**
 * The canonical message: what `content` holds after `normalise` has folded the accepted spellings.
 * `interactive` has the shape of the WhatsApp Cloud API.
 */

/** A file by public https `link`, or by an `id` that the platform gave for an uploaded one. Exactly one of both. */
export interface Media {
  link?: string;
  id?: string;
}
export interface CaptionedMedia extends Media {
  caption?: string;
}
interface DocumentMedia extends CaptionedMedia {
  filename?: string;
}
interface AudioMedia extends Media {
  /** True sends a voice note (OGG with OPUS). */
  voice?: boolean;
}

export type Header =
  | { type: "text"; text: string }
  | { type: "image"; image: Media }
  | { type: "video"; video: Media }
  | { type: "document"; document: Media & { filename?: string } };

export interface TextPart {
  text: string;
}

interface ReplyButton {
  type: "reply";
  reply: { id: string; title: string };
}
export interface ButtonInteractive {
  type: "button";
  header?: Header;
  body: TextPart;
  footer?: TextPart;
  action: { buttons: ReplyButton[] };
}

export interface ListRow {
  id: string;
  title: string;
  description?: string;
}
export interface ListSection {
  title?: string;
  rows: ListRow[];
}
export interface ListInteractive {
  type: "list";
  header?: { type: "text"; text: string };
  body: TextPart;
  footer?: TextPart;
  action: { button: string; sections: ListSection[] };
}

interface UrlAction {
  name: "cta_url";
  parameters: { display_text: string; url: string };
}
export interface CtaUrlInteractive {
  type: "cta_url";
  header?: Header;
  body: TextPart;
  footer?: TextPart;
  action: UrlAction;
}

export interface QuickReply {
  type: "quick_reply";
  quick_reply: { id: string; title: string };
}
type CardHeader = { type: "image"; image: Media } | { type: "video"; video: Media };
export interface CarouselCard {
  card_index: number;
  /** Meta's own value for both kinds of card. */
  type: "cta_url";
  header: CardHeader;
  body?: TextPart;
  action: UrlAction | { buttons: QuickReply[] };
}
export interface CarouselInteractive {
  type: "carousel";
  body: TextPart;
  action: { cards: CarouselCard[] };
}

export interface LocationRequestInteractive {
  type: "location_request_message";
  body: TextPart;
  action: { name: "send_location" };
}

interface AddressValues {
  [field: string]: string;
}
interface AddressInteractive {
  type: "address_message";
  header?: Header;
  body: TextPart;
  footer?: TextPart;
  action: {
    name: "address_message";
    parameters: {
      country: string;
      values?: AddressValues;
      saved_addresses?: { id: string; value: AddressValues }[];
      validation_errors?: AddressValues;
    };
  };
}

interface FlowInteractive {
  type: "flow";
  header?: Header;
  body: TextPart;
  footer?: TextPart;
  action: {
    name: "flow";
    parameters: {
      flow_message_version: string;
      flow_id?: string;
      flow_name?: string;
      flow_cta: string;
      flow_token?: string;
      mode?: "draft" | "published";
      flow_action?: "navigate" | "data_exchange";
      flow_action_payload?: { screen?: string; data?: Record<string, unknown> };
    };
  };
}

export type Interactive =
  | ButtonInteractive
  | ListInteractive
  | CtaUrlInteractive
  | CarouselInteractive
  | LocationRequestInteractive
  | AddressInteractive
  | FlowInteractive;

export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

export interface ContactCard {
  name: {
    formatted_name: string;
    first_name?: string;
    last_name?: string;
    [part: string]: string | undefined;
  };
  phones?: { phone?: string; type?: string; wa_id?: string }[];
  [field: string]: unknown;
}

export interface ContentByType {
  interactive: Interactive;
  text: { body: string; preview_url?: boolean };
  image: CaptionedMedia;
  video: CaptionedMedia;
  audio: AudioMedia;
  document: DocumentMedia;
  sticker: Media;
  location: Place;
  contacts: ContactCard[];
  /** An empty emoji takes the reaction back. */
  reaction: { message_id: string; emoji: string };
}
export type ContentType = keyof ContentByType;

/** Exactly one key: the type of the message. */
export type Content = { [T in ContentType]: { [K in T]: ContentByType[K] } }[ContentType];

/** What the capability data is keyed by: interactive types by their own name. */
export type MessageType = Exclude<ContentType, "interactive"> | Interactive["type"];

export function contentType(content: Content): ContentType {
  return Object.keys(content)[0] as ContentType;
}

export function messageType(content: Content): MessageType {
  return "interactive" in content
    ? content.interactive.type
    : (contentType(content) as Exclude<ContentType, "interactive">);
}

/** What a contact picked, in the shape of both seed documents; a carousel's reply adds `card_index`. */
export type Reply =
  | { type: "button_reply"; button_reply: { id: string; title: string; card_index?: number } }
  | { type: "list_reply"; list_reply: { id: string; title: string; description?: string } }
  | { type: "nfm_reply"; nfm_reply: { name?: string; body?: string; response_json: string } };

/** The reply a message offers under `key`, which is what travels where the platform has no room for the id. */
export interface Choice {
  key: string;
  reply: Reply;
}

/** What a contact sent: `type` and the object of that name, as in the seeds. */
export interface InboundContent {
  type: string;
  [object: string]: unknown;
}

/** What a message is, sent or received, by its most telling name: an interactive one by its own type, as `list` or `button_reply`. */
export function kindOf(content: Content | InboundContent): string {
  const { interactive, type } = content as { interactive?: { type?: unknown }; type?: unknown };
  if (typeof interactive?.type === "string") return interactive.type;
  return typeof type === "string" ? type : (Object.keys(content)[0] ?? "");
}

/** What becomes of a message that left and was not answered, when the platform's word of it does not come either. */
export const ambiguityPolicies = ["hold", "resend", "fail"] as const;
export type AmbiguityPolicy = (typeof ambiguityPolicies)[number];

/** What becomes of what is behind a message that failed, expired or is unknown. */
export const failurePolicies = ["continue", "block"] as const;
export type FailurePolicy = (typeof failurePolicies)[number];

export type Policy = "none" | "lossless" | "best_effort";

/** Who wrote a message: `human` answers a contact in person, which opens Meta's longer window. */
export type Origin = "bot" | "human";

/** The languages (ISO 639-1) that the gateway has its own words in. */
export const languages = ["en", "pt", "es", "ar", "hi", "id"] as const;
export type Language = (typeof languages)[number];

/** Per message or per channel wishes about how a platform draws. */
export interface RenderOptions {
  telegram?: { list?: "auto" | "poll" | "keyboard" };
  /** `quick_replies` (default) vanish when one is tapped; a `template` stays, and holds 640 characters. */
  instagram?: { button?: "quick_replies" | "template" };
  /** `strict_order`: it leaves only when the platform has reported what left before it in its conversation. */
  whatsapp?: { strict_order?: boolean };
  /** Of the words that the gateway adds itself; the contact's, where the platform tells it, if absent. */
  language?: Language;
  /** Words that the gateway adds itself, to replace its own. */
  labels?: { send_location?: string; location_hint?: string; select?: string; location_prompt?: string };
}

export interface SendRequest {
  from: string;
  to: string;
  content: Content;
  context?: { message_id: string };
  metadata?: Record<string, string>;
  adapt?: Policy;
  options?: RenderOptions;
  origin?: Origin;
  /** `try` (default) leaves it to the platform's own clock; `reject` refuses the request. */
  if_window_closed?: "try" | "reject";
  ttl_seconds?: number;
  on_ambiguous?: AmbiguityPolicy;
  on_failed?: FailurePolicy;
}
