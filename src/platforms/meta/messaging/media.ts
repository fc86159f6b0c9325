import { fileNameOf } from "../../../core/link.ts";
import type { Media } from "../../../core/message.ts";
import type { Dialect } from "./dialect.ts";
import { type Drawing, textDrawing, told } from "./draft.ts";
import type { AttachmentType } from "./wire.ts";

export type NamedMedia = Media & { filename?: string };

interface MediaPlace {
  /** JSON pointer of the media object. */
  path: string;
  part: string;
  /** The ending of what its link leads to where the link has none: a sticker is WebP, say. */
  assumed?: string;
}

/** A file as a message of its own; where the platform does not take its kind, its link as a text. */
export function mediaDrawing(
  type: AttachmentType,
  media: NamedMedia,
  { path, part, assumed }: MediaPlace,
  dialect: Dialect,
): Drawing {
  const link = media.link ?? "";
  if (!isTaken(type, media, dialect, assumed)) {
    const taken = dialect.formats[type]!.join(", ");
    const did = `Sent the link as a text: ${dialect.title} takes ${taken} only.`;
    // A line of its own: nothing that stands beside a link is taken for a part of it.
    const lines = media.filename ? `${media.filename}\n${link}` : link;
    const text = textDrawing(lines, { path, part }, dialect);
    return { ...text, steps: [{ path, rule: "media_as_link", did }, ...text.steps] };
  }
  const payload = media.id === undefined ? { url: link } : { attachment_id: media.id };
  return { ...renamed(media, path, dialect), drafts: [{ message: { attachment: { type, payload } }, part }] };
}

/** By the ending of its name: nobody opens a link here. What an id stands for, the platform has judged already. */
export function isTaken(
  type: AttachmentType,
  { link, filename }: NamedMedia,
  { formats }: Dialect,
  assumed?: string,
): boolean {
  const taken = formats[type];
  if (taken === undefined || link === undefined) return true;
  const ending = endingOf(fileNameOf(link)) ?? endingOf(filename ?? "") ?? assumed;
  // WhatsApp's own kinds of pictures and films are nearly all taken; its documents may be anything.
  return ending === undefined ? type !== "file" : taken.includes(ending);
}

function endingOf(name: string): string | undefined {
  return /\.(?<ending>\w+)$/.exec(name)?.groups?.ending?.toLowerCase();
}

function renamed({ filename, link }: NamedMedia, path: string, { title }: Dialect): Drawing {
  if (filename === undefined || (link !== undefined && fileNameOf(link) === filename)) return told();
  const did = `Left the file's name to ${title}, which takes it from the ${link ? "link" : "upload"}.`;
  return told({ path: `${path}/filename`, rule: "file_name", did });
}
