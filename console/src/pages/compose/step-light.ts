import { isObject } from "../../../../src/core/json.ts";
import { readMarkup } from "../../../../src/core/markup.ts";

const name = "compose-step";
/** Ids and links are seen by nobody. */
const unseen = new Set(["id", "link", "url", "type", "name"]);

/** Every text that a value puts before people, without its marks. */
export function textsIn(value: unknown): string[] {
  if (typeof value === "string") return value.trim() === "" ? [] : [readMarkup(value).text];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (unseen.has(key) ? [] : textsIn(inner)));
}

/** Lights these texts inside an element, without touching its tree; gives what puts the light out. */
export function lightTexts(around: Element, texts: readonly string[]): () => void {
  // Old browsers show the field alone.
  if (!("highlights" in CSS)) return () => {};
  const ranges = texts.flatMap((text) => rangesOf(around, text));
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
  return () => CSS.highlights.delete(name);
}

/** Where a text stands, line by line: an app may part it, and puts words of its own beside it. */
function rangesOf(around: Element, text: string): Range[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const walker = document.createTreeWalker(around, NodeFilter.SHOW_TEXT);
  const found: Range[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const shown = node.textContent ?? "";
    for (const line of lines) {
      const start = shown.indexOf(line);
      if (start >= 0) found.push(rangeIn(node, start, start + line.length));
      else if (shown.trim().length > 3 && line.includes(shown.trim()))
        found.push(rangeIn(node, 0, shown.length));
    }
  }
  return found;
}

function rangeIn(node: Node, start: number, end: number): Range {
  const range = document.createRange();
  range.setStart(node, start);
  range.setEnd(node, end);
  return range;
}

/** Brings the field of a pointer, or the nearest around it, into sight, with the focus in it. */
export function goTo(pointer: string): void {
  for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
    const place = document.querySelector<HTMLElement>(`[data-pointer="${CSS.escape(at)}"]`);
    if (!place) continue;
    const folded = place.closest("details");
    if (folded) folded.open = true;
    place.scrollIntoView({ block: "center", behavior: "smooth" });
    place.querySelector<HTMLElement>("input, textarea, select, button")?.focus({ preventScroll: true });
    return;
  }
}
