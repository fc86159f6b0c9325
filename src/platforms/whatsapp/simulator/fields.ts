import { isObject } from "../../../core/json.ts";
import { codePoints } from "./count.ts";
import { GraphRefusal } from "./graph-error.ts";

/** Where a value stands, as Meta writes it: `interactive['action']['buttons'][0]`. */
type Where = string;
export type Fields = Record<string, unknown>;

export const at = (where: Where, key: string | number): Where =>
  where === "" ? String(key) : typeof key === "number" ? `${where}[${key}]` : `${where}['${key}']`;

export function missing(where: Where): never {
  throw new GraphRefusal(131008, `The parameter ${where} is required.`);
}
export function invalid(details: string): never {
  throw new GraphRefusal(131009, details);
}

/** A parameter that must be an object holding nothing but `known`. */
export function object(value: unknown, where: Where, known?: readonly string[]): Fields {
  if (value === undefined || value === null) missing(where);
  if (!isObject(value)) throw new GraphRefusal(100, `Param ${where} must be a JSON object.`);
  if (known) {
    const stray = Object.keys(value).find((key) => !known.includes(key));
    if (stray !== undefined) throw new GraphRefusal(100, `Unexpected key "${stray}" on param "${where}".`);
  }
  return value;
}

export function array(value: unknown, where: Where): unknown[] {
  if (value === undefined || value === null) missing(where);
  if (!Array.isArray(value)) throw new GraphRefusal(100, `Param ${where} must be an array.`);
  return value;
}

/** What a text is called in Meta's sentence about its length. */
interface TextRule {
  max?: number;
  /** `Row title` gives `Row title is too long. Max length is 24`. */
  name: string;
}

/** A required text of 1 to `max` code points; blanks alone count as nothing. */
export function text(value: unknown, where: Where, rule: TextRule): string {
  if (value === undefined || value === null) missing(where);
  if (typeof value !== "string") throw new GraphRefusal(100, `Param ${where} must be a string.`);
  if (value.trim() === "") missing(where);
  if (rule.max !== undefined && codePoints(value) > rule.max) {
    invalid(`${rule.name} is too long. Max length is ${rule.max}`);
  }
  return value;
}

export function optionalText(value: unknown, where: Where, rule: TextRule): string | undefined {
  return value === undefined ? undefined : text(value, where, rule);
}

export function exactly(value: unknown, where: Where, allowed: readonly string[]): string {
  const given = text(value, where, { name: where });
  if (!allowed.includes(given)) {
    throw new GraphRefusal(100, `Param ${where} must be one of {${allowed.join(", ")}} - got "${given}".`);
  }
  return given;
}

/** An http or https address, of which nothing is fetched. */
export function url(value: unknown, where: Where): string {
  const given = text(value, where, { name: where });
  const parsed = URL.canParse(given) ? new URL(given) : null;
  if (!parsed || !/^https?:$/.test(parsed.protocol)) invalid(`Param ${where} is not a valid URI.`);
  return given;
}

/** Refuses the second of two equal texts. */
export function unique(values: readonly string[], details: string): void {
  if (new Set(values).size !== values.length) invalid(details);
}
