import type { Header, TextPart } from "../../../core/message.ts";
import type { Dialect } from "./dialect.ts";
import { type Controls, type Drawing, inOrder, textDrawing, told } from "./draft.ts";
import { mediaDrawing } from "./media.ts";
import { unstyled } from "./style.ts";

/** What every interactive message but the carousel is made of. */
interface Parts {
  header?: Header;
  body: TextPart;
  footer?: TextPart;
}

export const root = "/content/interactive";

/** A message's text, and the drawings of what does not stand in it. */
interface Composed {
  text: string;
  /** The header's file, before the text. */
  before: Drawing;
  notes: Drawing;
}

/** Header, body, what stands between (an outline), and footer: a blank line apart. */
export function compose({ header, body, footer }: Parts, between: string, dialect: Dialect): Composed {
  const shownBody = unstyled(body.text, `${root}/body`, dialect);
  const shownFooter = footer && unstyled(footer.text, `${root}/footer`, dialect);
  const headline = header?.type === "text" ? header.text.trim() : "";
  const texts = [headline, shownBody.text, between, shownFooter?.text ?? ""];
  const step = (field: string, rule: string, did: string) => told({ path: `${root}/${field}`, rule, did });
  const notes = inOrder([
    header?.type === "text" ? step("header", "header_as_text", "Set the header as the first line.") : told(),
    shownBody.notes,
    shownFooter?.notes ?? told(),
    footer ? step("footer", "footer_as_text", "Set the footer as the last line.") : told(),
  ]);
  return {
    text: texts.filter((text) => text !== "").join("\n\n"),
    before: headerDrawing(header, dialect),
    notes,
  };
}

/** The composed text with its controls, after the header's file. */
export function withControls(composed: Composed, controls: Controls | undefined, dialect: Dialect): Drawing {
  const place = { path: `${root}/body`, part: "message", controls };
  return inOrder([composed.before, composed.notes, textDrawing(composed.text, place, dialect)]);
}

function headerDrawing(header: Header | undefined, dialect: Dialect): Drawing {
  if (header === undefined || header.type === "text") return told();
  const did = `Sent the ${header.type} as a message of its own before the text.`;
  const step = told({ path: `${root}/header`, rule: "media_first", did });
  const place = { path: `${root}/header/${header.type}`, part: "media" };
  if (header.type === "document")
    return inOrder([step, mediaDrawing("file", header.document, place, dialect)]);
  const media = header.type === "image" ? header.image : header.video;
  return inOrder([step, mediaDrawing(header.type, media, place, dialect)]);
}
