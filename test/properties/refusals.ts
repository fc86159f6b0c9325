import type { MessageType, Policy } from "../../src/core/message.ts";
import type { PlatformName } from "../../src/core/platform.ts";

/** The rules by which a valid message of a type may be refused. */
interface Reasons {
  /** Under every policy: the platform has nothing for it. */
  never?: readonly string[];
  /** Unless `best_effort` accepts the loss. */
  loss?: readonly string[];
  /** Under `none` alone: the form changes. */
  form?: readonly string[];
}

const framed = ["header_as_text", "footer_as_text"];
const onTelegram: Reasons = { never: ["not_on_telegram"] };

/** Messenger and Instagram draw alike; what Instagram adds comes of its smaller texts and its fewer kinds of files. */
const captioned = ["caption_as_text", "style"];
const messaging: Partial<Record<MessageType, readonly string[]>> = {
  button: [...framed, "buttons_as_quick_replies", "file_name", "media_first", "style"],
  list: [...framed, "list_as_cards", "list_as_quick_replies", "list_button", "added", "style", "text_length"],
  cta_url: [...framed, "added", "file_name", "media_first", "style", "text_length"],
  carousel: ["cards_after_text", "cards_as_messages", "card_text", "added", "style", "text_length"],
  location_request_message: ["added", "style"],
  text: ["style", "text_length"],
  image: captioned,
  video: captioned,
  document: [...captioned, "file_name"],
  audio: ["voice_as_audio"],
  sticker: ["sticker_as_image"],
  location: ["location_as_text"],
  contacts: ["contacts_as_text", "text_length"],
};
/** Types with files, of which Instagram takes only some kinds. */
const linkable: readonly MessageType[] = [
  "button",
  "cta_url",
  "carousel",
  "image",
  "video",
  "document",
  "audio",
  "sticker",
];
/** Types whose text can hold a link that is longer than a message. */
const longLinks: Record<"messenger" | "instagram", readonly MessageType[]> = {
  messenger: ["list", "text"],
  instagram: [
    "button",
    "list",
    "cta_url",
    "carousel",
    "location_request_message",
    "text",
    "image",
    "video",
    "document",
    "contacts",
  ],
};

function onMessaging(platform: "messenger" | "instagram"): Partial<Record<MessageType, Reasons>> {
  const never = { never: [`not_on_${platform}`] };
  const reasons: Partial<Record<MessageType, Reasons>> = { address_message: never, flow: never };
  for (const [type, form] of Object.entries(messaging) as [MessageType, readonly string[]][]) {
    const loss = [
      ...(longLinks[platform].includes(type) ? ["link_length"] : []),
      ...(type === "location_request_message" ? ["no_location_button"] : []),
    ];
    const onInstagram = [
      ...(linkable.includes(type) ? ["media_as_link"] : []),
      ...(type === "audio" || type === "sticker" ? [] : ["text_length"]),
      // The buttons of a template, under a text that ends in a link too long for it.
      ...(type === "button" ? ["added"] : []),
    ];
    reasons[type] = { loss, form: [...form, ...(platform === "instagram" ? onInstagram : [])] };
  }
  return reasons;
}

/** Every reason that there is: what is refused for another one is a fault. */
export const committed: Partial<Record<PlatformName, Partial<Record<MessageType, Reasons>>>> = {
  whatsapp: {
    list: { never: ["section_title"], form: ["untitled_sections"] },
  },
  messenger: onMessaging("messenger"),
  instagram: onMessaging("instagram"),
  telegram: {
    button: { form: [...framed, "caption_length", "file_name"] },
    list: {
      form: [
        ...framed,
        "list_as_poll",
        "list_as_keyboard",
        "list_button",
        "added",
        "no_poll",
        "style",
        "text_length",
      ],
    },
    cta_url: { form: [...framed, "caption_length", "file_name", "url_as_text"] },
    carousel: { form: ["cards_as_messages", "url_as_text"] },
    location_request_message: { form: ["added"] },
    address_message: onTelegram,
    flow: onTelegram,
    document: { form: ["file_name"] },
    location: { form: ["venue_incomplete"] },
    contacts: { form: ["no_phone", "one_per_message", "vcard_length"] },
    reaction: onTelegram,
  },
};

export interface Refusal {
  type: MessageType;
  policy: Policy;
  rule: string;
}

export function isCommitted(platform: PlatformName, { type, policy, rule }: Refusal): boolean {
  const { never = [], loss = [], form = [] } = committed[platform]?.[type] ?? {};
  const admitted = { none: [...never, ...loss, ...form], lossless: [...never, ...loss], best_effort: never };
  return admitted[policy].includes(rule);
}

/** The committed reasons of a platform that none of `met` is for. */
export function unmet(platform: PlatformName, met: ReadonlySet<string>): string[] {
  const reasons = Object.entries(committed[platform] ?? {}) as [MessageType, Reasons][];
  return reasons
    .flatMap(([type, { never = [], loss = [], form = [] }]) =>
      [...never, ...loss, ...form].map((rule) => `${type}: ${rule}`),
    )
    .filter((reason) => !met.has(reason));
}
