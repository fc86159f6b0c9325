import type { Value } from "../sql/db.ts";

/**
 * PostgreSQL's texts hold every character but U+0000, which anybody may send us. It goes in as two others, and so does
 * the first of these, so that every text comes back as it was, and looks for a part of a text find it.
 */
const mark = "\uE000";

export function toText(value: Value): Value {
  if (typeof value !== "string" || !/[\0\uE000]/.test(value)) return value;
  return value.replaceAll(mark, `${mark}1`).replaceAll("\0", `${mark}0`);
}

export function fromText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replace(/\uE000([01])/g, (_, which) => (which === "0" ? "\0" : mark));
}
