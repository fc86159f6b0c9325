import { plain, trim } from "../../core/marked.ts";
import { readMarkup } from "../../core/markup.ts";
import type { CaptionedMedia, Content, Place } from "../../core/message.ts";
import { drawContacts } from "./contacts.ts";
import { type Drawing, type FileKind, fileDrawing, inOrder, textDrawing } from "./draft.ts";
import { fileNotes } from "./file-notes.ts";

type PlainContent = Exclude<Content, { interactive: unknown } | { reaction: unknown }>;

/** Draws everything that asks for no answer. */
export function drawPlain(content: PlainContent): Drawing {
  if ("text" in content) return drawText(content.text);
  if ("image" in content) return drawFile("photo", content.image, "/content/image");
  if ("video" in content) return drawFile("video", content.video, "/content/video");
  if ("document" in content) return drawFile("document", content.document, "/content/document");
  if ("audio" in content) {
    const { voice, link, id } = content.audio;
    return voice ? one("sendVoice", { voice: link ?? id }) : one("sendAudio", { audio: link ?? id });
  }
  if ("sticker" in content)
    return one("sendSticker", { sticker: content.sticker.link ?? content.sticker.id });
  if ("location" in content) return drawPlace(content.location);
  return drawContacts(content.contacts);
}

/** Meta shows no preview unless `preview_url` is true; neither does this. */
function drawText({ body, preview_url: preview }: { body: string; preview_url?: boolean }): Drawing {
  return textDrawing(trim(readMarkup(body)), { path: "/content/text/body", part: "message", preview });
}

function drawFile(kind: FileKind, media: CaptionedMedia, path: string): Drawing {
  const place = { path: `${path}/caption`, part: "message" };
  const file = fileDrawing(kind, media, readMarkup(media.caption ?? ""), place);
  return inOrder([file, fileNotes(kind, media, path)]);
}

/** A venue needs both a name and an address; with one of them the words follow the pin. */
function drawPlace({ latitude, longitude, name, address }: Place): Drawing {
  if (name && address) return one("sendVenue", { latitude, longitude, title: name, address });
  const pin = one("sendLocation", { latitude, longitude });
  const word = name || address;
  if (!word) return pin;
  const path = `/content/location/${name ? "name" : "address"}`;
  const did = "Sent it as a text after the location: a venue on Telegram needs both a name and an address.";
  const steps = [{ path, rule: "venue_incomplete", did }];
  return inOrder([pin, textDrawing(plain(word.trim()), { path, part: "text" }), { drafts: [], steps }]);
}

function one(method: string, body: Record<string, unknown>): Drawing {
  return { drafts: [{ method, part: "message", body }], steps: [] };
}
