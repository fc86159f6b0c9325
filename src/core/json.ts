/** A JSON value, as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | Json[] | JsonObject;
export type JsonObject = { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A copy of plain data as JSON carries it: nothing in it is undefined. A fifth of what writing and reading it takes. */
export function asJson(value: unknown): Json {
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value as Json;
  const copy: JsonObject = {};
  for (const key of Object.keys(value)) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined) copy[key] = asJson(inner);
  }
  return copy;
}

/** One step of an RFC 6901 JSON pointer, escaped. */
export function pointerStep(key: string | number): string {
  // Nearly all are plain, and there is one for every field of every message.
  if (typeof key === "number" || !/[~/]/.test(key)) return `/${key}`;
  return `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** How deep a JSON text nests, how many values it has at most, and how many keys. */
export interface Extent {
  depth: number;
  /** Every comma and every opening bracket stands for one. */
  values: number;
  /** Every colon stands for one. */
  keys: number;
}

/** Read before parsing, so that a bomb of brackets or of numbers costs one pass. */
export function extent(text: string): Extent {
  let depth = 0;
  let deepest = 0;
  let values = 1;
  let keys = 0;
  // Where nothing is escaped, the next quote ends a string: most of a message is passed over at once.
  const isPlain = !text.includes("\\");
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === 0x5c) i++;
      else if (char === 0x22) inString = false;
    } else if (char === 0x22) {
      const end = isPlain ? text.indexOf('"', i + 1) : -1;
      if (end < 0) inString = true;
      else i = end;
    } else if (char === 0x2c) values++;
    else if (char === 0x3a) keys++;
    else if (char === 0x7b || char === 0x5b) {
      values++;
      deepest = Math.max(deepest, ++depth);
    } else if (char === 0x7d || char === 0x5d) depth--;
  }
  return { depth: deepest, values, keys };
}

/** The deepest nesting of a JSON text. */
export function nesting(text: string): number {
  return extent(text).depth;
}

/** Whether a value nests at most `levels` arrays and objects; looks no deeper than that, however deep it is. */
export function isWithinDepth(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isWithinDepth(inner, levels - 1));
}
