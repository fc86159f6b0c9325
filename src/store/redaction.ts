import { isObject } from "../core/json.ts";

/** What says which message it was, and not what was in it: the names by which platforms call that. */
const kept = new Set([
  "id",
  "mid",
  "message_id",
  "original_message_id",
  "from",
  "to",
  "timestamp",
  "time",
  "type",
]);

/**
 * A stored payload without the content of one message: of every object that holds the message's id, only ids, times
 * and types stay. Where the id does not stand in the payload as it is, nothing of it stays.
 */
export function withoutContent(body: string, platformId: string): string {
  let payload: unknown;
  try {
    payload = JSON.parse(body);
  } catch {
    return "";
  }
  const redaction = new Redaction(platformId);
  const redacted = redaction.of(payload);
  return redaction.isFound ? JSON.stringify(redacted) : "";
}

/**
 * A stored payload without the content of what stands at these pointers: its ids, times and types stay, which say what
 * came. Where it is no JSON, nothing of it stays.
 */
export function withoutParts(body: string, pointers: readonly string[]): string {
  try {
    const payload: unknown = JSON.parse(body);
    const paths = pointers.map((pointer) => pointer.split("/").slice(1).map(unescaped));
    return JSON.stringify(paths.reduce<unknown>(withoutPart, payload));
  } catch {
    return "";
  }
}

const unescaped = (name: string) => name.replaceAll("~1", "/").replaceAll("~0", "~");

/** What a pointer misses is not there to be kept whole: then the value around it goes. */
function withoutPart(value: unknown, [name, ...rest]: string[]): unknown {
  if (name === undefined) return outline(value);
  if (Array.isArray(value) && /^\d+$/.test(name) && Object.hasOwn(value, name))
    return value.map((item, index) => (String(index) === name ? withoutPart(item, rest) : item));
  if (!Array.isArray(value) && isObject(value) && Object.hasOwn(value, name))
    return mapped(value, (key, field) => (key === name ? withoutPart(field, rest) : field));
  return outline(value);
}

function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outline);
  if (!isObject(value)) return blank(value);
  return mapped(value, (name, field) => (isKept(name, field) ? field : outline(field)));
}

class Redaction {
  readonly #platformId: string;
  isFound = false;

  constructor(platformId: string) {
    this.#platformId = platformId;
  }

  of(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.of(item));
    if (!isObject(value)) return value;
    const isIts = Object.entries(value).some(([name, field]) => kept.has(name) && field === this.#platformId);
    if (isIts) this.isFound = true;
    return mapped(value, (name, field) =>
      isIts ? (isKept(name, field) ? field : blank(field)) : this.of(field),
    );
  }
}

function isKept(name: string, field: unknown): boolean {
  return kept.has(name) && typeof field !== "object";
}

/** The same shape with no text in it. */
function blank(value: unknown): unknown {
  if (typeof value === "string") return "";
  if (typeof value === "number") return 0;
  if (Array.isArray(value)) return value.map(blank);
  return isObject(value) ? mapped(value, (_name, field) => blank(field)) : value;
}

function mapped(
  value: Record<string, unknown>,
  change: (name: string, field: unknown) => unknown,
): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, change(name, field)]));
}

/** As long as what it takes the place of, so that the row is overwritten where it stands: see the migration 0002. */
export function sized(text: string, former: string): string {
  const missing = Buffer.byteLength(former) - Buffer.byteLength(text);
  return missing > 0 ? text + " ".repeat(missing) : text;
}
