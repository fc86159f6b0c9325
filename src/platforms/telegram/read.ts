import { isObject } from "../../core/json.ts";

/** Readers for what is not known to have any shape: undefined for whatever is not there as documented. */

export type Fields = Record<string, unknown>;

export function objectAt(from: Fields, key: string): Fields | undefined {
  const value = from[key];
  return isObject(value) ? value : undefined;
}

/** Not empty. */
export function textAt(from: Fields, key: string): string | undefined {
  const value = from[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A whole number that JavaScript holds exactly: Telegram's ids have up to 52 bits. */
export function wholeAt(from: Fields, key: string): number | undefined {
  const value = from[key];
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}

export function numberAt(from: Fields, key: string): number | undefined {
  const value = from[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function listAt(from: Fields, key: string): unknown[] | undefined {
  const value = from[key];
  return Array.isArray(value) ? value : undefined;
}

/** The object without the fields that are undefined. */
export function compact(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
