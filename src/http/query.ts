import { type FieldProblem, GatewayError } from "../core/problem.ts";
import type { Page } from "../store/paging.ts";
import { timeSchema } from "./time.ts";

type Query = Record<string, unknown>;

const defaultLimit = 50;
const maxLimit = 200;

/** Reads a list's query by name; an unknown or repeated parameter is refused, so that a typo filters nothing. */
export function readQuery<Name extends string>(
  query: unknown,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const errors: FieldProblem[] = [];
  for (const [name, value] of Object.entries(query as Query)) {
    if (!names.includes(name as Name)) {
      errors.push(
        problem(
          name,
          "unknown_parameter",
          `There is no parameter ${name} here.`,
          `Known: ${names.join(", ")}.`,
        ),
      );
    } else if (typeof value !== "string") {
      errors.push(problem(name, "repeated_parameter", `${name} is given more than once.`, "Give it once."));
    }
  }
  if (errors.length > 0) throw refusal(errors);
  return query as Partial<Record<Name, string>>;
}

export function readPage(query: { cursor?: string; limit?: string }): { limit: number; after?: string } {
  return { limit: readCount("limit", query.limit, defaultLimit), after: query.cursor };
}

export function readCount(name: string, value: string | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  const count = Number(value);
  if (Number.isInteger(count) && count >= 1 && count <= maxLimit) return count;
  throw invalidQuery(name, "out_of_range", `${name} must be a whole number from 1 to ${maxLimit}.`);
}

/** A filter of a closed list: a value outside it is refused, for it would find nothing in silence. */
export function readOneOf<Value extends string>(
  name: string,
  value: string | undefined,
  values: readonly Value[],
): Value | undefined {
  if (value === undefined || values.includes(value as Value)) return value as Value | undefined;
  throw invalidQuery(name, "one_of", `${name} must be one of ${values.join(", ")}.`);
}

/** A time of a filter, RFC 3339. A `+` of its offset is written `%2B` in a query. */
export function readTime(name: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (timeSchema.safeParse(value).success) return Date.parse(value);
  throw invalidQuery(name, "time", `${name} must be a time as 2027-01-31T12:00:00Z.`);
}

const maxTextLength = 200;

/** What is searched for. None at all would be in everything. */
export function readText(name: string, value: string | undefined): string | undefined {
  const text = value?.trim();
  if (text === undefined || (text !== "" && text.length <= maxTextLength)) return text;
  throw invalidQuery(name, "length", `${name} must have 1 to ${maxTextLength} characters.`);
}

/** A filter of a list that platforms may add to. */
export function readName(name: string, value: string | undefined): string | undefined {
  if (value === undefined || /^[a-z_]{1,64}$/.test(value)) return value;
  throw invalidQuery(name, "pattern", `${name} must be of small letters and _.`);
}

export function pageJson<Row, Item>(
  page: Page<Row>,
  present: (row: Row) => Item,
): { data: Item[]; next_cursor: string | null } {
  return { data: page.rows.map(present), next_cursor: page.next };
}

export function invalidQuery(name: string, rule: string, message: string): GatewayError {
  return refusal([problem(name, rule, message)]);
}

function refusal(errors: FieldProblem[]): GatewayError {
  return new GatewayError("invalid_request", "The query is not valid.", { errors });
}

function problem(name: string, rule: string, message: string, hint?: string): FieldProblem {
  return { pointer: `?${name}`, rule, message, ...(hint ? { hint } : {}) };
}
