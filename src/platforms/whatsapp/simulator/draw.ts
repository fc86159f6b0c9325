import { isObject, type JsonObject } from "../../../core/json.ts";
import type { ScreenButton, ScreenCard, ScreenMedia, ScreenView } from "../../../core/simulation.ts";

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (isObject(value) ? value : {});
const list = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fields) : []);
const words = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

function media(type: string, value: unknown): ScreenMedia {
  const { link, id, filename, voice } = fields(value);
  return {
    type,
    ...(voice === true ? { voice } : {}),
    ...(link === undefined ? {} : { link: String(link) }),
    ...(id === undefined ? {} : { id: String(id) }),
    ...(filename === undefined ? {} : { filename: String(filename) }),
  };
}

function drawHeader(value: unknown): Pick<ScreenView, "header" | "media"> {
  const header = fields(value);
  const type = words(header.type);
  if (type === undefined) return {};
  return type === "text" ? { header: words(header.text) } : { media: media(type, header[type]) };
}

const urlButton = (action: Fields): ScreenButton => {
  const parameters = fields(action.parameters);
  return { label: String(parameters.display_text), kind: "url", url: String(parameters.url) };
};

const replyButton = (title: unknown): ScreenButton => ({ label: String(title), kind: "reply" });

function drawCard(card: Fields): ScreenCard {
  const action = fields(card.action);
  const text = words(fields(card.body).text);
  const buttons = Array.isArray(action.buttons)
    ? list(action.buttons).map((button) => replyButton(fields(button.quick_reply).title))
    : [urlButton(action)];
  const { media: medium } = drawHeader(card.header);
  return { media: medium, ...(text === undefined ? {} : { text }), buttons };
}

function drawList(action: Fields): Pick<ScreenView, "buttons" | "list"> {
  const button = String(action.button);
  const sections = list(action.sections).map((section) => ({
    title: words(section.title),
    rows: list(section.rows).map((row) => ({
      title: String(row.title),
      description: words(row.description),
    })),
  }));
  return { buttons: [{ label: button, kind: "list" }], list: { button, sections } };
}

/** Labels that the client itself writes, in English. */
const ownLabels = { location: "Send location", address: "Provide address" } as const;

function drawAction(type: string, action: Fields): Pick<ScreenView, "buttons" | "list" | "cards"> {
  switch (type) {
    case "button":
      return { buttons: list(action.buttons).map((button) => replyButton(fields(button.reply).title)) };
    case "list":
      return drawList(action);
    case "cta_url":
      return { buttons: [urlButton(action)] };
    case "carousel":
      return { cards: list(action.cards).map(drawCard) };
    case "location_request_message":
      return { buttons: [{ label: ownLabels.location, kind: "location" }] };
    case "address_message":
      return { buttons: [{ label: ownLabels.address, kind: "address" }] };
    default:
      return { buttons: [{ label: String(fields(action.parameters).flow_cta), kind: "flow" }] };
  }
}

function drawInteractive(interactive: Fields): ScreenView {
  const footer = words(fields(interactive.footer).text);
  return {
    ...drawHeader(interactive.header),
    text: words(fields(interactive.body).text),
    ...(footer === undefined ? {} : { footer }),
    ...drawAction(String(interactive.type), fields(interactive.action)),
  };
}

function drawContacts(value: unknown): ScreenView["contacts"] {
  return list(value).map((contact) => ({
    name: String(fields(contact.name).formatted_name),
    phones: list(contact.phones).map((phone) => String(phone.phone)),
  }));
}

function drawPlace(value: unknown): ScreenView["location"] {
  const { latitude, longitude, name, address } = fields(value);
  return {
    latitude: Number(latitude),
    longitude: Number(longitude),
    ...(name === undefined ? {} : { name: String(name) }),
    ...(address === undefined ? {} : { address: String(address) }),
  };
}

/** What the person's client makes of a native message of `type`. */
export function draw(type: string, message: JsonObject): ScreenView {
  const value = fields(message[type]);
  if (type === "text") return { text: words(value.body) };
  if (type === "interactive") return drawInteractive(value);
  if (type === "contacts") return { contacts: drawContacts(message.contacts) };
  if (type === "location") return { location: drawPlace(value) };
  const caption = words(value.caption);
  return { media: media(type, value), ...(caption === undefined ? {} : { text: caption }) };
}
