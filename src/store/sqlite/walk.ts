import type { SQLInputValue } from "node:sqlite";
import { GatewayError } from "../../core/problem.ts";
import type { Page } from "../paging.ts";

/**
 * Lists by a key of two numbers, the highest first, of which a page looks at so many rows and no more. One list may be
 * several walks, each over an index of its own, that are shown as one.
 */
export type Key = readonly [number, number];

export interface Condition {
  sql: string;
  values: readonly SQLInputValue[];
}

/** What one walk came to. `floor`: it has looked at all above and at this row; absent: there is nothing more. */
export interface Walked<Row> {
  rows: Row[];
  floor?: Key;
}

const highest = Number.MAX_SAFE_INTEGER;
const top: Key = [highest, highest];

export function keyAfter(cursor: string | undefined): Key {
  if (cursor === undefined) return top;
  const parts = /^([0-9a-z]{1,11})(?:-([0-9a-z]{1,11}))?$/.exec(cursor);
  const [first, second] = [parts?.[1], parts?.[2]].map((part) => Number.parseInt(part ?? "0", 36));
  if (parts && Number.isSafeInteger(first) && Number.isSafeInteger(second)) return [first!, second!];
  throw new GatewayError("invalid_request", "The cursor is none that a list gave out.", {
    errors: [
      { pointer: "/cursor", rule: "cursor", message: "Take `next_cursor` from the page before, unchanged." },
    ],
  });
}

function cursorOf([first, second]: Key): string {
  return second === 0 ? first.toString(36) : `${first.toString(36)}-${second.toString(36)}`;
}

export function compareKeys(left: Key, right: Key): number {
  return left[0] - right[0] || left[1] - right[1];
}

/** The page of several walks: what lies above the highest floor, for below it one of them has not looked. */
export function pageOfWalks<Row, Shown>(
  walks: readonly Walked<Row>[],
  limit: number,
  { key, shape }: { key: (row: Row) => Key; shape: (rows: Row[]) => Shown[] },
): Page<Shown> {
  const floors = walks.flatMap(({ floor }) => (floor ? [floor] : [])).sort(compareKeys);
  const floor = floors.at(-1);
  const seen = walks
    .flatMap(({ rows }) => rows)
    .filter((row) => floor === undefined || compareKeys(key(row), floor) >= 0)
    .sort((left, right) => compareKeys(key(right), key(left)));
  const shown = seen.slice(0, limit);
  const last = shown.at(-1);
  const next = seen.length > limit && last ? key(last) : floor;
  return { rows: shape(shown), next: next ? cursorOf(next) : null };
}
