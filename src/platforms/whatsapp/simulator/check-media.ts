import { isOneEmoji } from "./count.ts";
import {
  array,
  at,
  exactly,
  type Fields,
  invalid,
  missing,
  object,
  optionalText,
  text,
  url,
} from "./fields.ts";
import { GraphRefusal } from "./graph-error.ts";
import { limits } from "./limits.ts";

/** Whether a media id is one that was uploaded to this number. */
export type KnowsMedia = (id: string) => boolean;

/** `{id | link}` and the keys that this kind of medium may carry. */
export function checkMedia(
  value: unknown,
  where: string,
  more: readonly string[],
  knows: KnowsMedia,
): Fields {
  const media = object(value, where, ["id", "link", ...more]);
  if (media.id === undefined && media.link === undefined) missing(at(where, "link"));
  if (media.id !== undefined && media.link !== undefined) {
    invalid(`Only one of ${at(where, "id")} and ${at(where, "link")} may be given.`);
  }
  if (media.link !== undefined) url(media.link, at(where, "link"));
  else if (!knows(text(media.id, at(where, "id"), { name: "Media ID" }))) {
    invalid(`The media ID in ${at(where, "id")} is unknown or has expired.`);
  }
  optionalText(media.caption, at(where, "caption"), { name: "Caption", max: limits.caption });
  optionalText(media.filename, at(where, "filename"), { name: "Filename" });
  return media;
}

function checkBoolean(value: unknown, where: string): void {
  if (value !== undefined && typeof value !== "boolean") {
    throw new GraphRefusal(100, `Param ${where} must be a boolean.`);
  }
}

/** Numbers, or strings of numbers as Meta's own examples have them. */
function degrees(value: unknown, where: string, max: number): void {
  if (value === undefined || value === null || value === "") missing(where);
  const number = typeof value === "string" || typeof value === "number" ? Number(value) : Number.NaN;
  if (!(Math.abs(number) <= max)) invalid(`Param ${where} must be a number from -${max} to ${max}.`);
}

export function checkLocation(value: unknown): void {
  const location = object(value, "location", ["latitude", "longitude", "name", "address"]);
  degrees(location.latitude, "location['latitude']", 90);
  degrees(location.longitude, "location['longitude']", 180);
  optionalText(location.name, "location['name']", { name: "Name" });
  optionalText(location.address, "location['address']", { name: "Address" });
}

export function checkContacts(value: unknown): void {
  const contacts = array(value, "contacts");
  if (contacts.length === 0) missing("contacts[0]");
  if (contacts.length > limits.contacts) {
    invalid(`Contacts count exceed max allowed count: ${limits.contacts}`);
  }
  for (const [index, contact] of contacts.entries()) {
    const where = at("contacts", index);
    const name = object(object(contact, where).name, at(where, "name"));
    text(name.formatted_name, at(at(where, "name"), "formatted_name"), { name: "Formatted name" });
  }
}

export function checkReaction(value: unknown): void {
  const reaction = object(value, "reaction", ["message_id", "emoji"]);
  text(reaction.message_id, "reaction['message_id']", { name: "Message ID" });
  if (typeof reaction.emoji !== "string") missing("reaction['emoji']");
  if (reaction.emoji !== "" && !isOneEmoji(reaction.emoji)) {
    invalid("Param reaction['emoji'] must be one emoji.");
  }
}

export function checkText(value: unknown): void {
  const given = object(value, "text", ["body", "preview_url"]);
  text(given.body, "text['body']", { name: "Text body", max: limits.text });
  checkBoolean(given.preview_url, "text['preview_url']");
}

export function checkAudio(value: unknown, knows: KnowsMedia): void {
  checkBoolean(checkMedia(value, "audio", ["voice"], knows).voice, "audio['voice']");
}

/** Header of an interactive message: only `types` are allowed, and a medium carries no caption. */
export function checkHeader(
  value: unknown,
  types: readonly string[],
  knows: KnowsMedia,
  where = "interactive['header']",
): void {
  const header = object(value, where);
  const type = exactly(header.type, at(where, "type"), types);
  object(header, where, ["type", type]);
  if (type === "text") text(header.text, at(where, "text"), { name: "Header text", max: limits.headerText });
  else checkMedia(header[type], at(where, type), type === "document" ? ["filename"] : [], knows);
}
