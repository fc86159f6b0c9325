import { GatewayError } from "../../core/problem.ts";
import type { Page } from "../paging.ts";
import type { Value } from "./db.ts";

/**
 * Lists by a key of two numbers, the highest first, of which a page looks at so many rows and no more. One list may be
 * several walks, each over an index of its own, that are shown as one.
 */
export type Key = readonly [number, number];

export interface Condition {
  sql: string;
  values: readonly Value[];
}

/** What one walk came to. `floor`: it has looked at all above and at this row; absent: there is nothing more. */
export interface Walked<Row> {
  rows: Row[];
  floor?: Key;
}

/** What a list is ordered by: a place in one order is nowhere in another. */
export type Order = "sequence" | "time" | "activity";

/** How a cursor begins, so that no other order takes it for its own. */
const marks: Record<Order, string> = { sequence: "", time: "t.", activity: "a." };

const highest = Number.MAX_SAFE_INTEGER;
const top: Key = [highest, highest];

export function keyAfter(cursor: string | undefined, order: Order): Key {
  if (cursor === undefined) return top;
  const [, mark, ...parts] = /^(t\.|a\.|)([0-9a-z]{1,11})(?:-([0-9a-z]{1,11}))?$/.exec(cursor) ?? [];
  const [first, second] = parts.map((part) => Number.parseInt(part ?? "0", 36));
  if (mark === undefined || !Number.isSafeInteger(first) || !Number.isSafeInteger(second))
    throw refusal(
      "The cursor is none that a list gave out.",
      "Take `next_cursor` from the page before, unchanged.",
    );
  if (mark === marks[order]) return [first!, second!];
  throw refusal(
    "The cursor is of a list with other filters, in another order.",
    "Give the filters and the order of the page before too, or begin without a cursor.",
  );
}

function refusal(detail: string, message: string): GatewayError {
  return new GatewayError("invalid_request", detail, {
    errors: [{ pointer: "?cursor", rule: "cursor", message }],
  });
}

function cursorOf([first, second]: Key, order: Order): string {
  const key = order === "sequence" ? [first] : [first, second];
  return marks[order] + key.map((part) => part.toString(36)).join("-");
}

export function compareKeys(left: Key, right: Key): number {
  return left[0] - right[0] || left[1] - right[1];
}

/** The page of several walks: what lies above the highest floor, for below it one of them has not looked. */
export function pageOfWalks<Row>(
  walks: readonly Walked<Row>[],
  limit: number,
  { order, key }: { order: Order; key: (row: Row) => Key },
): Page<Row> {
  const floors = walks.flatMap(({ floor }) => (floor ? [floor] : [])).sort(compareKeys);
  const floor = floors.at(-1);
  const seen = walks
    .flatMap(({ rows }) => rows)
    .filter((row) => floor === undefined || compareKeys(key(row), floor) >= 0)
    .sort((left, right) => compareKeys(key(right), key(left)));
  const shown = seen.slice(0, limit);
  const last = shown.at(-1);
  const next = seen.length > limit && last ? key(last) : floor;
  return { rows: shown, next: next ? cursorOf(next, order) : null };
}
