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

const onTelegram: Reasons = { never: ["not_on_telegram"] };
const framed = ["header_as_text", "footer_as_text"];

/** Every reason that there is: what is refused for another one is a fault. */
export const committed: Partial<Record<PlatformName, Partial<Record<MessageType, Reasons>>>> = {
  whatsapp: {
    list: { never: ["section_title"], form: ["untitled_sections"] },
  },
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
