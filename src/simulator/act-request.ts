import { isObject, type JsonObject } from "../core/json.ts";
import type { Place } from "../core/message.ts";
import { GatewayError } from "../core/problem.ts";
import type { Act, ButtonChoice, FileGift } from "../core/simulation.ts";

type Fields = Record<string, unknown>;

/** What each act takes besides `act`; a `?` marks what may be left out. */
const fields: Record<string, readonly string[]> = {
  say: ["text", "quotes?"],
  tap: ["message", "button", "latitude?", "longitude?", "name?", "address?"],
  choose: ["message", "row"],
  vote: ["message", "option"],
  share_location: ["latitude", "longitude", "name?", "address?", "plain?"],
  submit: ["message", "values"],
  send: ["image?", "video?", "audio?", "voice?", "document?", "sticker?", "contact?"],
  edit: ["message", "text"],
  delete: ["message"],
  read: [],
  react: ["message", "emoji"],
  block: [],
  unblock: [],
};

function refuse(detail: string): never {
  throw new GatewayError("invalid_request", detail);
}

function text(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== "string" || value === "") refuse(`"${name}" must be a text that is not empty.`);
  return value;
}

/** A screen id; Telegram's are numbers, so a number is taken as well. */
function screenId(body: Fields, name = "message"): string {
  return typeof body[name] === "number" ? String(body[name]) : text(body, name);
}

function optionalText(body: Fields, name: string): string | undefined {
  return body[name] === undefined ? undefined : text(body, name);
}

function degrees(body: Fields, name: string, max: number): number {
  const value = body[name];
  if (typeof value !== "number" || Math.abs(value) > max)
    refuse(`"${name}" must be a number from -${max} to ${max}.`);
  return value;
}

function place(body: Fields): Place {
  const name = optionalText(body, "name");
  const address = optionalText(body, "address");
  return {
    latitude: degrees(body, "latitude", 90),
    longitude: degrees(body, "longitude", 180),
    ...(name === undefined ? {} : { name }),
    ...(address === undefined ? {} : { address }),
  };
}

function button(value: unknown): ButtonChoice {
  if (typeof value === "string" && value !== "") return value;
  if (isObject(value) && Number.isInteger(value.button)) {
    const card = value.card;
    if (card === undefined) return { button: value.button as number };
    if (Number.isInteger(card)) return { card: card as number, button: value.button as number };
  }
  refuse('"button" must be a label, or {"card":0,"button":0} with both counted from 0.');
}

/** null takes the vote back. */
function options(value: unknown): string[] {
  if (value === null) return [];
  const list = Array.isArray(value) ? value : [value];
  if (list.every((item) => typeof item === "string" && item !== "")) return list as string[];
  refuse('"option" must be the text of an option, a list of such texts, or null to take the vote back.');
}

function gift(body: Fields): Act {
  const types = Object.keys(body).filter((name) => name !== "act");
  const type = types[0];
  const value = type === undefined ? undefined : body[type];
  if (types.length !== 1 || !isObject(value)) {
    refuse(
      '"send" takes exactly one of image, video, audio, voice, document, sticker or contact, an object.',
    );
  }
  if (type === "contact")
    return { act: "send_contact", name: text(value, "name"), phone: text(value, "phone") };
  // A link is told by the business's own messages; a person's file is a small one of that type, whatever it says.
  const known = ["caption", "filename", "mime_type", "data", "link"];
  const stray = Object.keys(value).find((name) => !known.includes(name));
  if (stray !== undefined) refuse(`"${stray}" is no field of a ${type}, which takes ${known.join(", ")}.`);
  const data = optionalText(value, "data");
  const file: FileGift = {
    type: type as FileGift["type"],
    caption: optionalText(value, "caption"),
    filename: optionalText(value, "filename"),
    mimeType: optionalText(value, "mime_type"),
    bytes: data === undefined ? undefined : Buffer.from(data, "base64"),
  };
  return { act: "send", gift: file };
}

function values(body: Fields): JsonObject {
  if (!isObject(body.values)) refuse('"values" must be an object of the form\'s fields.');
  return body.values as JsonObject;
}

function emoji(body: Fields): string {
  if (typeof body.emoji !== "string") refuse('"emoji" must be a text; an empty one takes the reaction back.');
  return body.emoji;
}

function tap(body: Fields): Act {
  const tapped = { act: "tap" as const, message: screenId(body), button: button(body.button) };
  return body.latitude === undefined && body.longitude === undefined
    ? tapped
    : { ...tapped, place: place(body) };
}

const readers: Record<string, (body: Fields) => Act> = {
  say: (body) => ({
    act: "say",
    text: text(body, "text"),
    ...(body.quotes === undefined ? {} : { quotes: screenId(body, "quotes") }),
  }),
  tap,
  choose: (body) => ({
    act: "choose",
    message: screenId(body),
    row: Number.isInteger(body.row) ? (body.row as number) : text(body, "row"),
  }),
  vote: (body) => ({ act: "vote", message: screenId(body), options: options(body.option) }),
  share_location: (body) => {
    if (body.plain !== undefined && typeof body.plain !== "boolean") refuse('"plain" must be true or false.');
    return { act: "share_location", place: place(body), plain: body.plain === true };
  },
  submit: (body) => ({ act: "submit", message: screenId(body), values: values(body) }),
  send: gift,
  edit: (body) => ({ act: "edit", message: screenId(body), text: text(body, "text") }),
  delete: (body) => ({ act: "delete", message: screenId(body) }),
  read: () => ({ act: "read" }),
  react: (body) => ({ act: "react", message: screenId(body), emoji: emoji(body) }),
  block: () => ({ act: "block" }),
  unblock: () => ({ act: "unblock" }),
};

/** Reads the body of an act; says which field is wrong, missing or unknown. */
export function readAct(body: Fields): Act {
  const name = body.act;
  const known = typeof name === "string" && Object.hasOwn(fields, name) ? fields[name] : undefined;
  const read = known && readers[String(name)];
  if (!known || !read) refuse(`"act" must be one of ${Object.keys(fields).join(", ")}.`);
  for (const given of Object.keys(body)) {
    if (given === "act" || known.includes(given) || known.includes(`${given}?`)) continue;
    const list = known.map((field) => field.replace("?", "")).join(", ") || "nothing else";
    refuse(`"${given}" is no field of ${String(name)}, which takes ${list}.`);
  }
  const missing = known.find((field) => !field.endsWith("?") && body[field] === undefined);
  if (missing !== undefined) refuse(`"${String(name)}" needs "${missing}".`);
  return read(body);
}
