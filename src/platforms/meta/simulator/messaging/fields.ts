import { isObject } from "../../../../core/json.ts";
import { refuse } from "../refusal.ts";

/** A value's place as Meta writes it: `message[attachment][payload]`. Templates are called `name_placeholder`. */
export type Where = string;
export type Fields = Record<string, unknown>;

/** Counted here and not by core: a mistake in a count that both sides shared could not be seen. */
export const codePoints = (text: string): number => [...text].length;

export const at = (where: Where, key: string | number): Where => `${where}[${key}]`;

export function missing(where: Where): never {
  refuse(100, `The parameter ${where} is required`);
}

/** A parameter that must be an object holding nothing but `known`. */
export function object(value: unknown, where: Where, known: readonly string[]): Fields {
  if (value === undefined || value === null) missing(where);
  if (!isObject(value)) refuse(100, `Param ${where} must be an object.`);
  const strays = Object.keys(value).filter((key) => !known.includes(key));
  if (strays.length > 0) {
    const names = strays.map((key) => `"${key}"`).join(", ");
    refuse(100, `Invalid keys ${names} were found in param "${where}".`);
  }
  return value;
}

/** A list of `min` to `max` items; the codes of a wrong number are Meta's own. */
export function list(value: unknown, where: Where, size: { min: number; max: number }): unknown[] {
  if (value === undefined || value === null) missing(where);
  if (!Array.isArray(value)) refuse(100, `Param ${where} must be an array.`);
  if (value.length < size.min) refuse(194, `param ${where} has too few elements.`);
  if (value.length > size.max) refuse(105, `param ${where} has too many elements.`);
  return value;
}

/** A text that is not blank. */
export function text(value: unknown, where: Where, max = Number.POSITIVE_INFINITY): string {
  if (value === undefined || value === null) missing(where);
  if (typeof value !== "string" || value.trim() === "") {
    refuse(100, `Param ${where} must be a non-empty UTF-8 encoded string`);
  }
  atMost(codePoints(value), where, max);
  return value;
}

export function atMost(length: number, where: Where, max: number): void {
  if (length > max) refuse(100, `Length of param ${where} must be less than or equal to ${max}`);
}

export function exactly(value: unknown, where: Where, allowed: readonly string[]): string {
  if (value === undefined || value === null) missing(where);
  if (typeof value === "string" && allowed.includes(value)) return value;
  refuse(100, `Param ${where} must be one of {${allowed.join(", ")}} - got "${String(value)}".`);
}

/** An http or https address; it is never opened. */
export function url(value: unknown, where: Where): string {
  const parsed = typeof value === "string" && URL.canParse(value) ? new URL(value) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) refuse(100, `${where} should represent a valid URL`);
  return String(value);
}
