import { fileNameOf } from "../../core/link.ts";
import type { Media } from "../../core/message.ts";
import type { Drawing, FileKind } from "./draft.ts";

/** What Telegram does with a file of its own accord: it names it. */
export function fileNotes(kind: FileKind, media: Media & { filename?: string }, path: string): Drawing {
  const name = media.link === undefined ? undefined : fileNameOf(media.link);
  if (kind !== "document" || media.filename === undefined || media.filename === name)
    return { drafts: [], steps: [] };
  const did = `Left the file's name to Telegram, which takes it from ${media.link ? "the link" : "the upload"}.`;
  return { drafts: [], steps: [{ path: `${path}/filename`, rule: "file_name", did }] };
}
