import { isObject } from "../../core/json.ts";
import type { InboundContent } from "../../core/message.ts";
import { compact, type Fields, listAt, numberAt, objectAt, textAt } from "./read.ts";

type Reader = (message: Fields) => InboundContent | undefined;

/**
 * The kinds of message that a person sends, each in the Cloud API's shape; the first that is there counts. The
 * order matters: an animation comes with a `document` too, and a venue with a `location`.
 */
const readers: readonly Reader[] = [
  (message) => {
    const body = textAt(message, "text");
    return body === undefined ? undefined : { type: "text", text: { body } };
  },
  fileReader("animation", "video"),
  readPhoto,
  fileReader("video", "video"),
  fileReader("video_note", "video"),
  fileReader("document", "document"),
  fileReader("audio", "audio", { voice: false }),
  fileReader("voice", "audio", { voice: true }),
  readSticker,
  readContact,
  readVenue,
  (message) => readLocation(objectAt(message, "location")),
];

/** What a message holds, or undefined for a service message and every kind that is not read. */
export function readContent(message: Fields): InboundContent | undefined {
  for (const reader of readers) {
    const content = reader(message);
    if (content) return content;
  }
  return undefined;
}

function fileReader(field: string, type: "video" | "document" | "audio", more: Fields = {}): Reader {
  return (message) => {
    const file = objectAt(message, field);
    const id = file && textAt(file, "file_id");
    if (!file || id === undefined) return undefined;
    const media = compact({
      id,
      mime_type: textAt(file, "mime_type"),
      filename: type === "document" ? textAt(file, "file_name") : undefined,
      caption: textAt(message, "caption"),
      ...more,
    });
    return { type, [type]: media };
  };
}

/** Telegram gives a photo in several sizes and always as JPEG. */
function readPhoto(message: Fields): InboundContent | undefined {
  const sizes = (listAt(message, "photo") ?? []).filter(isObject).filter((size) => textAt(size, "file_id"));
  const area = (size: Fields) => (numberAt(size, "width") ?? 0) * (numberAt(size, "height") ?? 0);
  const largest = sizes.reduce<Fields | undefined>(
    (best, size) => (best === undefined || area(size) >= area(best) ? size : best),
    undefined,
  );
  if (!largest) return undefined;
  const image = { id: largest.file_id, mime_type: "image/jpeg", caption: textAt(message, "caption") };
  return { type: "image", image: compact(image) };
}

/** https://core.telegram.org/bots/api#sticker, read 2026-11-21: three formats, told by two flags. */
function readSticker(message: Fields): InboundContent | undefined {
  const sticker = objectAt(message, "sticker");
  const id = sticker && textAt(sticker, "file_id");
  if (!sticker || id === undefined) return undefined;
  const moving = sticker.is_animated === true ? "application/x-tgsticker" : "image/webp";
  const animated = sticker.is_animated === true || sticker.is_video === true;
  const mime = sticker.is_video === true ? "video/webm" : moving;
  return { type: "sticker", sticker: { id, mime_type: mime, animated } };
}

function readContact(message: Fields): InboundContent | undefined {
  const contact = objectAt(message, "contact");
  const phone = contact && textAt(contact, "phone_number");
  if (!contact || phone === undefined) return undefined;
  const [first, last] = [textAt(contact, "first_name"), textAt(contact, "last_name")];
  const whole = [first, last].filter(Boolean).join(" ") || phone;
  const name = compact({ formatted_name: whole, first_name: first, last_name: last });
  const card = compact({ name, phones: [{ phone }], vcard: textAt(contact, "vcard") });
  return { type: "contacts", contacts: [card] };
}

function readVenue(message: Fields): InboundContent | undefined {
  const venue = objectAt(message, "venue");
  return venue && readLocation(objectAt(venue, "location"), venue);
}

function readLocation(location: Fields | undefined, venue: Fields = {}): InboundContent | undefined {
  const latitude = location && numberAt(location, "latitude");
  const longitude = location && numberAt(location, "longitude");
  if (latitude === undefined || longitude === undefined) return undefined;
  const place = { latitude, longitude, name: textAt(venue, "title"), address: textAt(venue, "address") };
  return { type: "location", location: compact(place) };
}
