import { readMarkup } from "../../../core/markup.ts";
import type { Dialect } from "./dialect.ts";
import { type Drawing, told } from "./draft.ts";

/** A text without WhatsApp's marks, which would stand there as they are written, and the step that tells of it. */
export function unstyled(source: string, path: string, { title }: Dialect): { text: string; notes: Drawing } {
  const { text } = readMarkup(source);
  const did = `Removed the marks of bold, italic and the like: ${title} shows none.`;
  return { text: text.trim(), notes: text === source ? told() : told({ path, rule: "style", did }) };
}
