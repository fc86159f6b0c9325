import { detailsOf } from "../../../core/contact-details.ts";
import type { CaptionedMedia, ContactCard, Content, ContentByType, Place } from "../../../core/message.ts";
import type { Dialect } from "./dialect.ts";
import { type Drawing, inOrder, textDrawing, told } from "./draft.ts";
import { mediaDrawing } from "./media.ts";
import { unstyled } from "./style.ts";
import type { AttachmentType } from "./wire.ts";

type PlainContent = Exclude<Content, { interactive: unknown } | { reaction: unknown }>;

/** Draws everything that asks for no answer. */
export function drawPlain(content: PlainContent, dialect: Dialect): Drawing {
  if ("text" in content) return drawText(content.text.body, dialect);
  if ("image" in content) return drawFile("image", content.image, "/content/image", dialect);
  if ("video" in content) return drawFile("video", content.video, "/content/video", dialect);
  if ("document" in content) return drawFile("file", content.document, "/content/document", dialect);
  if ("audio" in content) return drawAudio(content.audio, dialect);
  if ("sticker" in content) return drawSticker(content.sticker, dialect);
  if ("location" in content) return drawPlace(content.location, dialect);
  return drawContacts(content.contacts, dialect);
}

function drawText(body: string, dialect: Dialect): Drawing {
  const path = "/content/text/body";
  const { text, notes } = unstyled(body, path, dialect);
  return inOrder([textDrawing(text, { path, part: "message" }, dialect), notes]);
}

function drawFile(type: AttachmentType, media: CaptionedMedia, path: string, dialect: Dialect): Drawing {
  const at = `${path}/caption`;
  const { text, notes } = unstyled(media.caption ?? "", at, dialect);
  if (text === "") return mediaDrawing(type, media, { path, part: "message" }, dialect);
  const did = `Sent the caption as a text after the file: ${dialect.title} has no captions.`;
  return inOrder([
    mediaDrawing(type, media, { path, part: "media" }, dialect),
    textDrawing(text, { path: at, part: "text" }, dialect),
    notes,
    told({ path: at, rule: "caption_as_text", did }),
  ]);
}

function drawAudio(audio: ContentByType["audio"], dialect: Dialect): Drawing {
  // A voice note is OGG with OPUS, on every platform that has them.
  const assumed = audio.voice ? { assumed: "ogg" } : {};
  const file = mediaDrawing("audio", audio, { path: "/content/audio", part: "message", ...assumed }, dialect);
  const did = `Sent the voice note as an audio file: ${dialect.title} has no voice notes.`;
  const path = "/content/audio/voice";
  return inOrder([file, audio.voice && isFile(file) ? told({ path, rule: "voice_as_audio", did }) : told()]);
}

function drawSticker(sticker: ContentByType["sticker"], dialect: Dialect): Drawing {
  const path = "/content/sticker";
  const file = mediaDrawing("image", sticker, { path, part: "message", assumed: "webp" }, dialect);
  const did = `Sent the sticker as a picture: ${dialect.title} takes stickers of its own only.`;
  return inOrder([file, isFile(file) ? told({ path, rule: "sticker_as_image", did }) : told()]);
}

/** Not a link in a text, which is told by itself. */
function isFile({ drafts }: Drawing): boolean {
  return drafts[0]?.message.attachment !== undefined;
}

function drawPlace({ latitude, longitude, name, address }: Place, dialect: Dialect): Drawing {
  const path = "/content/location";
  const link = `https://maps.google.com/?q=${degrees(latitude)},${degrees(longitude)}`;
  const lines = [name, address, link].flatMap((line) => line?.trim() || []);
  const did = `Sent the location as a text with a link to a map: ${dialect.title} has no location messages.`;
  const text = textDrawing(lines.join("\n"), { path, part: "message" }, dialect);
  return inOrder([text, told({ path, rule: "location_as_text", did })]);
}

/** Without the exponent that JavaScript gives small numbers. */
function degrees(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 20, useGrouping: false });
}

function drawContacts(cards: readonly ContactCard[], dialect: Dialect): Drawing {
  const path = "/content/contacts";
  const texts = cards.map((card) =>
    [card.name.formatted_name.trim(), ...detailsOf(card).map(({ line }) => line)].join("\n"),
  );
  const did = `Sent the contacts as a text: ${dialect.title} has no contact cards.`;
  const text = textDrawing(texts.join("\n\n"), { path, part: "message" }, dialect);
  return inOrder([text, told({ path, rule: "contacts_as_text", did })]);
}
