import type { ContentType, Interactive, MessageType } from "./message.ts";
import type { Limit } from "./platform.ts";
import type { Unit } from "./problem.ts";

/** How large one value may be. `at` is a pointer from the object of the type on; `*` stands for every index. */
export interface SizeLimit {
  at: string;
  min?: number;
  max?: number;
  /** Absent: the value is a number, and the limit is of the number itself. */
  unit?: Unit;
  source: string;
  read: string;
}

const read = "2026-11-21";
const pages = "https://developers.facebook.com/documentation/business-messaging/whatsapp/messages";
const page = {
  button: `${pages}/interactive-reply-buttons-messages`,
  list: `${pages}/interactive-list-messages`,
  url: `${pages}/interactive-cta-url-messages`,
  carousel: `${pages}/interactive-media-carousel-messages`,
  locationRequest: `${pages}/location-request-messages`,
  address: `${pages}/address-messages`,
  flow: "https://developers.facebook.com/docs/whatsapp/flows/guides/sendingaflow",
  text: `${pages}/text-messages`,
  image: `${pages}/image-messages`,
  video: `${pages}/video-messages`,
  document: `${pages}/document-messages`,
  contacts: `${pages}/contacts-messages`,
  location: `${pages}/location-messages`,
} as const;

const text = (at: string, max: number, source: string): SizeLimit => ({
  at,
  min: 1,
  max,
  unit: "code_points",
  source,
  read,
});
const items = (at: string, min: number, max: number, source: string): SizeLimit => ({
  at,
  min,
  max,
  unit: "items",
  source,
  read,
});

function frame(source: string, maxBody = 1024): SizeLimit[] {
  return [
    text("/header/text", 60, source),
    text("/body/text", maxBody, source),
    text("/footer/text", 60, source),
  ];
}

const caption = (source: string) => [text("/caption", 1024, source)];

/**
 * Every size that a message may have, on all platforms alike: what WhatsApp takes. Where its pages disagree the
 * larger number stands: list body 4096 (elsewhere 1024), quick reply id 256 (once 20), contacts 257 (elsewhere 5);
 * a flow's label is 20, the number that its clients agree on (elsewhere 30).
 */
export const sizeLimits: Record<MessageType, readonly SizeLimit[]> = {
  button: [
    ...frame(page.button),
    items("/action/buttons", 1, 3, page.button),
    text("/action/buttons/*/reply/id", 256, page.button),
    text("/action/buttons/*/reply/title", 20, page.button),
  ],
  list: [
    ...frame(page.list, 4096),
    text("/action/button", 20, page.list),
    items("/action/sections", 1, 10, page.list),
    text("/action/sections/*/title", 24, page.list),
    items("/action/sections/*/rows", 1, 10, page.list),
    text("/action/sections/*/rows/*/id", 200, page.list),
    text("/action/sections/*/rows/*/title", 24, page.list),
    text("/action/sections/*/rows/*/description", 72, page.list),
  ],
  cta_url: [...frame(page.url), text("/action/parameters/display_text", 20, page.url)],
  carousel: [
    text("/body/text", 1024, page.carousel),
    items("/action/cards", 2, 10, page.carousel),
    { at: "/action/cards/*/card_index", min: 0, source: page.carousel, read },
    text("/action/cards/*/body/text", 160, page.carousel),
    { at: "/action/cards/*/body/text", max: 2, unit: "line_breaks", source: page.carousel, read },
    text("/action/cards/*/action/parameters/display_text", 20, page.carousel),
    items("/action/cards/*/action/buttons", 1, 3, page.carousel),
    text("/action/cards/*/action/buttons/*/quick_reply/id", 256, page.carousel),
    text("/action/cards/*/action/buttons/*/quick_reply/title", 20, page.carousel),
  ],
  location_request_message: [text("/body/text", 1024, page.locationRequest)],
  address_message: [
    ...frame(page.address),
    text("/action/parameters/values/in_pin_code", 6, page.address),
    text("/action/parameters/saved_addresses/*/value/in_pin_code", 6, page.address),
  ],
  flow: [...frame(page.flow), text("/action/parameters/flow_cta", 20, page.flow)],
  text: [text("/body", 4096, page.text)],
  image: caption(page.image),
  video: caption(page.video),
  document: caption(page.document),
  audio: [],
  sticker: [],
  location: [
    { at: "/latitude", min: -90, max: 90, source: page.location, read },
    { at: "/longitude", min: -180, max: 180, source: page.location, read },
  ],
  contacts: [items("", 1, 257, page.contacts)],
  reaction: [],
};

/** All rows of a list together. */
export const maxRows: Limit = { max: 10, unit: "items", source: page.list, read };

/** Above this a list's body passes on the newest page and fails on older ones: a warning. */
export const cautiousListBody: Limit = { max: 1024, unit: "code_points", source: page.list, read };

const ours = "docs/api.md";

/** Sizes of the request around the content: the gateway's own. */
export const requestLimits: readonly SizeLimit[] = [
  { at: "/ttl_seconds", min: 1, max: 2_592_000, source: ours, read },
  text("/options/labels/send_location", 64, ours),
  text("/options/labels/location_hint", 1024, ours),
  text("/options/labels/select", 20, ours),
  text("/options/labels/location_prompt", 600, ours),
  items("/platforms", 1, 4, ours),
];

/** `metadata` as JSON text in UTF-8. */
export const maxMetadataBytes = 2048;

/** Values that must differ from each other among all that `each` finds under one match of `within`. */
export interface Uniqueness {
  within: string;
  each: string;
  /** True: two that differ only by case get a warning. */
  caseMatters?: true;
}

export const uniqueness: Partial<Record<MessageType, readonly Uniqueness[]>> = {
  button: [
    { within: "", each: "/action/buttons/*/reply/id" },
    { within: "", each: "/action/buttons/*/reply/title", caseMatters: true },
  ],
  list: [{ within: "", each: "/action/sections/*/rows/*/id" }],
  carousel: [
    { within: "", each: "/action/cards/*/card_index" },
    { within: "", each: "/action/cards/*/action/buttons/*/quick_reply/id" },
    {
      within: "/action/cards/*",
      each: "/action/buttons/*/quick_reply/title",
      caseMatters: true,
    },
  ],
  address_message: [{ within: "", each: "/action/parameters/saved_addresses/*/id" }],
};

/** The limits of a type as capability data: keyed by `at`, with a second unit of one place under `at unit`. */
export function limitsOf(type: MessageType): Record<string, Limit> {
  const named: Record<string, Limit> = {};
  for (const { at, unit, ...rest } of sizeLimits[type]) {
    if (unit) named[named[at] ? `${at} ${unit}` : at] = { ...rest, unit };
  }
  if (type === "list") named["/action/sections/*/rows/*"] = maxRows;
  return named;
}

/** Where a type's object stands in `content`, and which limits hold for it. */
export function typeOf(
  content: Record<string, unknown>,
): { key: ContentType; type: MessageType } | undefined {
  for (const key of Object.keys(content))
    if (Object.hasOwn(sizeLimits, key)) return { key: key as ContentType, type: key as MessageType };
  const interactive = content.interactive as Partial<Interactive> | undefined;
  const type = interactive?.type;
  if (typeof type !== "string" || !Object.hasOwn(sizeLimits, type)) return undefined;
  return { key: "interactive", type };
}
