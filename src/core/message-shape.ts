import {
  ambiguityPolicies,
  failurePolicies,
  type Interactive,
  languages,
  type MessageType,
} from "./message.ts";
import {
  boolean,
  either,
  filled,
  formed,
  id,
  json,
  list,
  number,
  type ObjectShape,
  object,
  oneOf,
  type Shape,
  string,
  strings,
  variant,
  whole,
} from "./shape.ts";

/** A file by https link or by platform id; `more` are its other fields. */
function media(more: Record<string, Shape> = {}): Shape {
  return either({ link: object({ link: formed("https_url") }, more), id: object({ id: filled }, more) });
}

const text = object({ text: string });
const headers: Record<"text" | "image" | "video" | "document", ObjectShape> = {
  text: object({ type: oneOf("text"), text: string }),
  image: object({ type: oneOf("image"), image: media() }),
  video: object({ type: oneOf("video"), video: media() }),
  document: object({ type: oneOf("document"), document: media({ filename: filled }) }),
};
const anyHeader = variant(headers);
const textHeader = variant({ text: headers.text });
const cardHeader = variant({ image: headers.image, video: headers.video });

const titled = object({ id, title: string });
const replyButton = object({ type: oneOf("reply"), reply: titled });
const quickReply = object({ type: oneOf("quick_reply"), quick_reply: titled });
const row = object({ id, title: string }, { description: string });
const section = object({ rows: list(row) }, { title: string });

const urlAction = object({
  name: oneOf("cta_url"),
  parameters: object({ display_text: string, url: formed("web_url") }),
});
const card = object(
  {
    card_index: whole,
    type: oneOf("cta_url"),
    header: cardHeader,
    action: either({ parameters: urlAction, buttons: object({ buttons: list(quickReply) }) }),
  },
  { body: text },
);

/** The form's own fields. Source: whatsapp address-messages page, read 2026-11-21. */
const addressFields = [
  "name",
  "phone_number",
  "in_pin_code",
  "house_number",
  "floor_number",
  "tower_number",
  "building_name",
  "address",
  "landmark_area",
  "city",
  "state",
];
const addressValues = object({}, Object.fromEntries(addressFields.map((name) => [name, filled])));
const addressParameters = object(
  // The form exists in India alone; Singapore was withdrawn.
  { country: oneOf("IN") },
  {
    values: addressValues,
    saved_addresses: list(object({ id, value: addressValues })),
    validation_errors: addressValues,
  },
);

const flowRequired = { flow_message_version: oneOf("3"), flow_cta: formed("no_emoji") };
const flowOptional = {
  flow_token: filled,
  mode: oneOf("draft", "published"),
  flow_action: oneOf("navigate", "data_exchange"),
  flow_action_payload: object({}, { screen: filled, data: json }),
};
const flowParameters = either({
  flow_id: object({ flow_id: filled, ...flowRequired }, flowOptional),
  flow_name: object({ flow_name: filled, ...flowRequired }, flowOptional),
});

function interactive(
  type: Interactive["type"],
  action: Shape,
  around: { header?: Shape; footer?: Shape },
): ObjectShape {
  return object({ type: oneOf(type), body: text, action }, around as Record<string, Shape>);
}

const framed = { header: anyHeader, footer: text };
const interactives: Record<Interactive["type"], ObjectShape> = {
  button: interactive("button", object({ buttons: list(replyButton) }), framed),
  list: interactive("list", object({ button: string, sections: list(section) }), {
    header: textHeader,
    footer: text,
  }),
  cta_url: interactive("cta_url", urlAction, framed),
  carousel: interactive("carousel", object({ cards: list(card) }), {}),
  location_request_message: interactive(
    "location_request_message",
    object({ name: oneOf("send_location") }),
    {},
  ),
  address_message: interactive(
    "address_message",
    object({ name: oneOf("address_message"), parameters: addressParameters }),
    framed,
  ),
  flow: interactive("flow", object({ name: oneOf("flow"), parameters: flowParameters }), framed),
};

const contact = object(
  {
    name: object(
      { formatted_name: filled },
      { first_name: string, last_name: string, middle_name: string, suffix: string, prefix: string },
    ),
  },
  {
    phones: list(object({}, { phone: string, type: string, wa_id: string })),
    emails: list(object({}, { email: string, type: string })),
    urls: list(object({}, { url: string, type: string })),
    addresses: list(
      object(
        {},
        {
          street: string,
          city: string,
          state: string,
          zip: string,
          country: string,
          country_code: string,
          type: string,
        },
      ),
    ),
    org: object({}, { company: string, department: string, title: string }),
    birthday: string,
  },
);

/** The object under each content key; `interactive` is one of the interactive types. */
const contents: Record<Exclude<MessageType, Interactive["type"]> | "interactive", Shape> = {
  interactive: variant(interactives),
  text: object({ body: string }, { preview_url: boolean }),
  image: media({ caption: string }),
  video: media({ caption: string }),
  audio: media({ voice: boolean }),
  document: media({ caption: string, filename: filled }),
  sticker: media(),
  location: object({ latitude: number, longitude: number }, { name: filled, address: filled }),
  contacts: list(contact),
  reaction: object({ message_id: filled, emoji: formed("emoji") }),
};

export const contentShape = either(
  Object.fromEntries(Object.entries(contents).map(([key, shape]) => [key, object({ [key]: shape })])),
);

/** `options` of a message, and of a channel for all its messages. */
export const optionsShape = object(
  {},
  {
    telegram: object({}, { list: oneOf("auto", "poll", "keyboard") }),
    instagram: object({}, { button: oneOf("quick_replies", "template") }),
    whatsapp: object({}, { strict_order: boolean }),
    language: oneOf(...languages),
    labels: object(
      {},
      { send_location: string, location_hint: string, select: string, location_prompt: string },
    ),
  },
);

const drawing = {
  adapt: oneOf("none", "lossless", "best_effort"),
  options: optionsShape,
  origin: oneOf("bot", "human"),
};

/** The body of `POST /v1/messages`. */
export const sendShape = object(
  { from: filled, to: filled, content: contentShape },
  {
    ...drawing,
    context: object({ message_id: filled }),
    metadata: strings,
    if_window_closed: oneOf("try", "reject"),
    ttl_seconds: whole,
    on_ambiguous: oneOf(...ambiguityPolicies),
    on_failed: oneOf(...failurePolicies),
  },
);

/** The body of a preview that names platforms and no channel. */
export const previewShape = object(
  { platforms: list(oneOf("whatsapp", "instagram", "messenger", "telegram")), content: contentShape },
  drawing,
);
