import type { JsonObject } from "../../../core/json.ts";
import { utf8Bytes } from "./count.ts";
import { fileGiven, type MediaKind, mediaField } from "./files.ts";
import { limits } from "./limits.ts";
import { type Ask, asObject, jsonOf, numberOf, textOf } from "./parameters.ts";
import { badRequest } from "./refusal.ts";
import { captionPart, textPart, type Written, write, writeAlbum } from "./write.ts";

export const sendMessage = (ask: Ask): Written => write(ask, () => textPart(ask));

const withoutCaption: readonly MediaKind[] = ["video_note", "sticker"];

export function sendMedia(ask: Ask, kind: MediaKind): Written {
  const caption = withoutCaption.includes(kind) ? {} : captionPart(ask);
  const extra: JsonObject = {};
  return write(
    ask,
    () => {
      const kept = fileGiven(ask, kind);
      if (kept.link !== undefined) extra.link = kept.link;
      return { ...mediaField(ask.world, kept), ...caption };
    },
    extra,
  );
}

function coordinates(ask: Ask): JsonObject {
  const latitude = numberOf(ask, "latitude");
  const longitude = numberOf(ask, "longitude");
  if (latitude === undefined) badRequest("latitude is empty");
  if (longitude === undefined) badRequest("longitude is empty");
  if (Math.abs(latitude as number) > 90 || Math.abs(longitude as number) > 180)
    badRequest("wrong location specified");
  return { latitude: latitude as number, longitude: longitude as number };
}

export const sendLocation = (ask: Ask): Written => write(ask, () => ({ location: coordinates(ask) }));

function required(ask: Ask, name: string): string {
  return textOf(ask, name)?.trim() || badRequest(`${name.replaceAll("_", " ")} is empty`);
}

export function sendVenue(ask: Ask): Written {
  return write(ask, () => {
    const location = coordinates(ask);
    const venue = { location, title: required(ask, "title"), address: required(ask, "address") };
    return { venue, location };
  });
}

export function sendContact(ask: Ask): Written {
  return write(ask, () => {
    const vcard = textOf(ask, "vcard");
    if (vcard !== undefined && utf8Bytes(vcard) > 2048) badRequest("vcard is too long");
    const last = textOf(ask, "last_name");
    const contact = {
      phone_number: required(ask, "phone_number"),
      first_name: required(ask, "first_name"),
      ...(last ? { last_name: last } : {}),
      ...(vcard ? { vcard } : {}),
    };
    return { contact };
  });
}

const albumKinds = ["photo", "video", "document", "audio"];

/** One item of an album, read as if it had been sent alone. */
function albumItem(ask: Ask, value: unknown): { kind: string; content: JsonObject } {
  const item = asObject(value);
  const kind = String(item.type);
  if (!albumKinds.includes(kind)) badRequest("can't parse InputMedia: type of the media is invalid");
  const single: Ask = { ...ask, fields: { ...item } };
  const kept = fileGiven(single, kind as MediaKind, typeof item.media === "string" ? item.media : "");
  return { kind, content: { ...mediaField(ask.world, kept), ...captionPart(single) } };
}

/** Photos and videos mix; documents and audio keep to themselves. A keyboard is passed over, as by Telegram. */
export function sendMediaGroup(ask: Ask): { messages: JsonObject[]; person: string } {
  const media = jsonOf(ask, "media");
  if (!Array.isArray(media)) return badRequest("media must be an Array");
  if (media.length < limits.minAlbum || media.length > limits.album) {
    badRequest(`there must be from ${limits.minAlbum} to ${limits.album} media in an album`);
  }
  const items = media.map((item) => albumItem(ask, item));
  const groups = new Set(items.map(({ kind }) => (kind === "video" ? "photo" : kind)));
  if (groups.size > 1) badRequest("this type of media can't be mixed with other media types in an album");
  return writeAlbum(
    ask,
    items.map((item) => item.content),
  );
}

const actions = [
  "typing",
  "upload_photo",
  "record_video",
  "upload_video",
  "record_voice",
  "upload_voice",
  "upload_document",
  "choose_sticker",
  "find_location",
  "record_video_note",
  "upload_video_note",
];

export function checkChatAction(ask: Ask): void {
  if (!actions.includes(textOf(ask, "action") ?? "")) badRequest("wrong parameter action in request");
}
