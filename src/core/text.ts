import type { Unit } from "./problem.ts";

const anySurrogate = /[\ud800-\udbff]/;

/** How many Unicode code points: what WhatsApp and Telegram count. */
export function codePoints(text: string): number {
  let count = text.length;
  // In most texts every unit is a character, and a pattern looks through one faster than a loop.
  if (!anySurrogate.test(text)) return count;
  // A pair of surrogates is one; half of one counts by itself, as it does for the string's own iterator.
  for (let i = 0; i < text.length - 1; i++) {
    if (!isBetween(text.charCodeAt(i), 0xd800, 0xdbff)) continue;
    if (!isBetween(text.charCodeAt(i + 1), 0xdc00, 0xdfff)) continue;
    count--;
    i++;
  }
  return count;
}

function isBetween(unit: number, first: number, last: number): boolean {
  return unit >= first && unit <= last;
}

const encoder = new TextEncoder();

export function utf8Bytes(text: string): number {
  return encoder.encode(text).length;
}

/** The size of a string in a limit's unit. */
export function measure(text: string, unit: Unit): number {
  if (unit === "bytes") return utf8Bytes(text);
  if (unit === "line_breaks") return text.split("\n").length - 1;
  return codePoints(text);
}

/** How many bytes a code point takes in UTF-8. */
export function utf8Length(point: number): number {
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point < 0x10000 ? 3 : 4;
}
