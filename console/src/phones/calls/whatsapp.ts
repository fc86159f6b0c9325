import { plain } from "../../../../src/core/marked.ts";
import { readMarkup } from "../../../../src/core/markup.ts";
import type { Bubble, Card, Contact, Control, Media, MediaType, Part, Section } from "../screen.ts";
import { type Fields, fields, label, list, number, words } from "./fields.ts";

/** Labels that the app writes itself, in English. */
const ownLabels = { location: "Send location", address: "Provide address" } as const;

/** What WhatsApp shows of the body of one `POST …/messages`. */
export function whatsappBubble(id: string, body: Fields): Bubble {
  const type = label(body.type) || "text";
  const quoted = words(fields(body.context).message_id);
  const quote = quoted === undefined ? {} : { quote: { bubble: quoted } };
  if (type === "reaction") return reactionBubble(id, fields(body.reaction));
  return { id, from: "business", parts: partsOf(type, body), ...quote };
}

function reactionBubble(id: string, { emoji }: Fields): Bubble {
  if (!label(emoji))
    return { id, from: "business", parts: [{ kind: "service", service: "reaction_removed" }] };
  return { id, from: "person", parts: [], reactions: [{ from: "business", emoji: label(emoji) }] };
}

function partsOf(type: string, body: Fields): Part[] {
  const value = fields(body[type]);
  switch (type) {
    case "text":
      return textPart("text", value.body);
    case "interactive":
      return interactiveParts(value);
    case "contacts":
      return [{ kind: "contacts", contacts: list(body.contacts).map(contact) }];
    case "location":
      return [{ kind: "place", place: placeOf(value) }];
    default:
      return [{ kind: "media", media: mediaOf(type, value) }, ...textPart("text", value.caption)];
  }
}

function textPart(kind: "header" | "text" | "footer", value: unknown): Part[] {
  const text = words(value);
  if (text === undefined || text === "") return [];
  // The app reads no markup in a header.
  return [{ kind, text: kind === "header" ? plain(text) : readMarkup(text) }];
}

function mediaOf(type: string, { link, id, filename, voice }: Fields): Media {
  return {
    type: (type === "audio" && voice === true ? "voice" : type) as MediaType,
    ...(words(link) !== undefined && { link: words(link) }),
    ...(words(id) !== undefined && { id: words(id) }),
    ...(words(filename) !== undefined && { filename: words(filename) }),
  };
}

function interactiveParts(interactive: Fields): Part[] {
  const header = fields(interactive.header);
  const type = label(header.type);
  const head: Part[] =
    type === "" || type === "text"
      ? textPart("header", header.text)
      : [{ kind: "media", media: mediaOf(type, fields(header[type])) }];
  return [
    ...head,
    ...textPart("text", fields(interactive.body).text),
    ...textPart("footer", fields(interactive.footer).text),
    ...actionParts(label(interactive.type), fields(interactive.action)),
  ];
}

function actionParts(type: string, action: Fields): Part[] {
  if (type === "carousel")
    return [{ kind: "cards", look: "carousel", cards: list(action.cards).map(cardOf) }];
  if (type === "list") {
    const control: Control = { label: label(action.button), kind: "list", button: { button: 0 } };
    return [{ kind: "list", control, sections: list(action.sections).map(sectionOf) }];
  }
  const controls = controlsOf(type, action);
  const rows = controls.map((_, index) => [index]);
  return [{ kind: "controls", look: "buttons", controls, rows }];
}

function controlsOf(type: string, action: Fields): Control[] {
  const parameters = fields(action.parameters);
  const only = (kind: Control["kind"], text: string): Control[] => [
    { label: text, kind, button: { button: 0 } },
  ];
  switch (type) {
    case "button":
      return list(action.buttons).map(({ reply }, button) => replyControl(fields(reply), { button }));
    case "cta_url":
      return [urlControl(parameters, { button: 0 })];
    case "location_request_message":
      return only("location", ownLabels.location);
    case "address_message":
      return only("address", ownLabels.address);
    default:
      return only("flow", label(parameters.flow_cta));
  }
}

const replyControl = ({ title }: Fields, button: Control["button"]): Control => ({
  label: label(title),
  kind: "reply",
  button,
});

const urlControl = ({ display_text, url }: Fields, button: Control["button"]): Control => ({
  label: label(display_text),
  kind: "url",
  url: label(url),
  button,
});

function sectionOf({ title, rows }: Fields): Section {
  return {
    ...(words(title) && { title: words(title) }),
    rows: list(rows).map((row) => ({
      title: label(row.title),
      ...(words(row.description) && { description: words(row.description) }),
    })),
  };
}

function cardOf({ header, body, action }: Fields, card: number): Card {
  const { type, ...media } = fields(header);
  const { buttons, parameters } = fields(action);
  const text = words(fields(body).text);
  const controls = Array.isArray(buttons)
    ? list(buttons).map(({ quick_reply }, button) => replyControl(fields(quick_reply), { card, button }))
    : [urlControl(fields(parameters), { card, button: 0 })];
  return {
    media: mediaOf(label(type), fields(media[label(type)])),
    ...(text && { text: readMarkup(text) }),
    controls,
  };
}

function contact({ name, phones }: Fields): Contact {
  return {
    name: label(fields(name).formatted_name),
    phones: list(phones).map(({ phone }) => label(phone)),
  };
}

function placeOf({ latitude, longitude, name, address }: Fields) {
  return {
    latitude: number(latitude),
    longitude: number(longitude),
    ...(words(name) && { name: words(name) }),
    ...(words(address) && { address: words(address) }),
  };
}
