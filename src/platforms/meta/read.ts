import { isObject } from "../../core/json.ts";
import type { UnknownPart } from "../../core/platform.ts";

/** Readers for what Meta posts, which need not have any shape. */

export type Fields = Record<string, unknown>;

/** A field that holds a text; undefined where it is missing, empty or something else. */
export function textOf(owner: unknown, key: string): string | undefined {
  const value = isObject(owner) && Object.hasOwn(owner, key) ? owner[key] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function objectOf(owner: unknown, key: string): Fields | undefined {
  const value = isObject(owner) && Object.hasOwn(owner, key) ? owner[key] : undefined;
  return isObject(value) ? value : undefined;
}

/** A whole number, or its digits as text: Meta's pages and its payloads differ in which it is. */
export function wholeOf(owner: unknown, key: string): number | undefined {
  const value = isObject(owner) && Object.hasOwn(owner, key) ? owner[key] : undefined;
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

/** An id, as the text that it is; some come as numbers. */
export function idOf(owner: unknown, key: string): string | undefined {
  const number = isObject(owner) && typeof owner[key] === "number" ? wholeOf(owner, key) : undefined;
  return number === undefined ? textOf(owner, key) : String(number);
}

/** The objects of a list and where they stand; a list or an item of another type is unknown. */
export function* objectsIn(
  owner: Fields,
  key: string,
  at: string,
  unknown: UnknownPart[],
): Generator<[Fields, string]> {
  const items = owner[key];
  if (!Array.isArray(items)) unknown.push({ path: `${at}/${key}`, reason: "no array" });
  for (const [index, item] of Array.isArray(items) ? items.entries() : []) {
    const path = `${at}/${key}/${index}`;
    if (isObject(item)) yield [item, path];
    else unknown.push({ path, reason: "no object" });
  }
}
