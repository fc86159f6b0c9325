import type { Media } from "../../core/message.ts";
import type { FieldProblem } from "../../core/problem.ts";
import type { Drawing, FileKind } from "./draft.ts";

/** What Telegram fetches by URL as a document. https://core.telegram.org/bots/api#sending-files, read 2026-11-21. */
const fetchedDocuments = /\.(?:pdf|zip|gif)$/i;

/** What Telegram does with a file of its own accord: it names it, and it fetches only some documents by link. */
export function fileNotes(kind: FileKind, media: Media & { filename?: string }, path: string): Drawing {
  if (kind !== "document") return { drafts: [], steps: [] };
  const name = media.link === undefined ? undefined : lastName(media.link);
  const renamed = media.filename !== undefined && media.filename !== name;
  const did = `Left the file's name to Telegram, which takes it from ${media.link ? "the link" : "the upload"}.`;
  return {
    drafts: [],
    steps: renamed ? [{ path: `${path}/filename`, rule: "file_name", did }] : [],
    warnings:
      name !== undefined && /\.\w+$/.test(name) && !fetchedDocuments.test(name) ? [notFetched(path)] : [],
  };
}

function notFetched(path: string): FieldProblem {
  return {
    pointer: `${path}/link`,
    rule: "document_by_link",
    limit: "PDF, ZIP or GIF",
    message: "Telegram promises to fetch documents by link only for PDF, ZIP and GIF files.",
    hint: "Upload the file to Telegram and send its file_id as `id`, or send a PDF.",
  };
}

function lastName(link: string): string {
  const name = URL.parse(link)?.pathname.split("/").at(-1) ?? "";
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
