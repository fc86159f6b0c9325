import type { Step } from "../../core/adaptation.ts";
import { join, type Marked, plain, styled, trim } from "../../core/marked.ts";
import { readMarkup } from "../../core/markup.ts";
import type { Header, TextPart } from "../../core/message.ts";
import { type Drawing, type FileKind, fileDrawing, inOrder, textDrawing } from "./draft.ts";
import { fileNotes } from "./file-notes.ts";
import type { ReplyMarkup } from "./wire.ts";

/** What every interactive message but the carousel is made of. */
interface Parts {
  header?: Header;
  body: TextPart;
  footer?: TextPart;
}

const root = "/content/interactive";

/** Header, body, what stands between (an outline, a link), and footer: a blank line apart. */
function compose(parts: Parts, between: readonly Marked[]): { marked: Marked; steps: Step[] } {
  const { header, body, footer } = parts;
  const steps: Step[] = [];
  const texts: Marked[] = [];
  if (header?.type === "text") {
    texts.push(styled(plain(header.text.trim()), "bold"));
    const did = "Set the header as a bold first line.";
    steps.push({ path: `${root}/header`, rule: "header_as_text", did });
  }
  texts.push(trim(readMarkup(body.text)), ...between);
  if (footer) {
    texts.push(styled(trim(readMarkup(footer.text)), "italic"));
    const did = "Set the footer as an italic last line.";
    steps.push({ path: `${root}/footer`, rule: "footer_as_text", did });
  }
  return { marked: join(texts, "\n\n"), steps };
}

/** An interactive message in one bubble with its controls: a text, or a file with a caption. */
export function bubble(parts: Parts, between: readonly Marked[], replyMarkup?: ReplyMarkup): Drawing {
  const { marked, steps } = compose(parts, between);
  const place = { path: `${root}/body`, part: "message", replyMarkup };
  const file = headerFile(parts.header);
  if (!file) return inOrder([{ drafts: [], steps }, textDrawing(marked, place)]);
  const notes = fileNotes(file.kind, file.media, `${root}/header/${file.field}`);
  return inOrder([{ drafts: [], steps }, fileDrawing(file.kind, file.media, marked, place), notes]);
}

function headerFile(header?: Header) {
  if (header?.type === "image") return { kind: "photo" as FileKind, field: header.type, media: header.image };
  if (header?.type === "video") return { kind: "video" as FileKind, field: header.type, media: header.video };
  if (header?.type === "document")
    return { kind: "document" as FileKind, field: header.type, media: header.document };
  return undefined;
}
