import { GatewayError } from "../../core/problem.ts";
import type { Page } from "../paging.ts";
import type { Work } from "./db.ts";
import { each } from "./each.ts";

/** A value as a JSON column; an absent one as NULL. */
export function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

export function fromJson<Value>(column: string | null): Value | undefined {
  return column === null ? undefined : (JSON.parse(column) as Value);
}

/** The key of the last row seen, as an opaque cursor; lists go on below it. */
function cursorOf(key: number): string {
  return key.toString(36);
}

/** The key to go on below; a cursor that no list gave out is refused. */
export function keyBelow(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  const key = /^[0-9a-z]{1,11}$/.test(cursor) ? Number.parseInt(cursor, 36) : Number.NaN;
  if (Number.isSafeInteger(key)) return key;
  throw new GatewayError("invalid_request", "The cursor is none that a list gave out.", {
    errors: [
      { pointer: "/cursor", rule: "cursor", message: "Take `next_cursor` from the page before, unchanged." },
    ],
  });
}

/** A page from rows read with one more than `limit`, which tells whether there is a next page. */
export function pageOf<Row>(stored: Row[], limit: number, key: (row: Row) => number): Page<Row> {
  const rows = stored.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: stored.length > limit && last ? cursorOf(key(last)) : null };
}

/**
 * Rows of several owners (undefined: of all), the highest key first: of each as many as a page may need, read by the
 * index that begins with the owner. A list of all that leaves most of it out could walk a million rows for one page.
 */
export function* merged<Row>(
  owners: readonly string[] | undefined,
  read: (owner?: string) => Work<Row[]>,
  key: (row: Row) => number,
): Work<Row[]> {
  if (owners === undefined) return yield* read();
  const rows = (yield* each(owners, read)).flat();
  return rows.sort((left, right) => key(right) - key(left));
}

/** A list behind `IN`. By doubles of its length, so that there are few statements however long lists are; '' is no id. */
export function listOf(ids: readonly string[]): { sql: string; values: string[] } {
  const marks = 2 ** Math.ceil(Math.log2(Math.max(1, ids.length)));
  const last = ids.at(-1) ?? "";
  const values = [...ids, ...Array.from({ length: marks - ids.length }, () => last)];
  return { sql: `(${values.map(() => "?").join(", ")})`, values };
}

/** The conditions that are given, joined; `sql` is empty-safe for `WHERE … AND`. */
export function conditions(given: Record<string, string | undefined>): { sql: string; values: string[] } {
  const present = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    sql: present.map(([column]) => ` AND ${column} = ?`).join(""),
    values: present.map(([, value]) => value),
  };
}
