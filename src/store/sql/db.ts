import type { Vault } from "../vault.ts";
import type { DataKeys } from "./data-keys.ts";
import type { StoreOptions } from "./options.ts";

/** What a column takes in and gives out. */
export type Value = string | number | null;

export interface Statement {
  /** With `?` or `?1` where a value goes. */
  sql: string;
  values: readonly Value[];
  /** Nobody reads its answer: an engine need not wait for it before it goes on. */
  isUnread?: true;
}

/** Of a table and some columns the same text each time: what is put together anew is looked up by all of its letters. */
function remembered(text: (table: string, columns: readonly string[]) => string) {
  const known = new Map<string, { columns: readonly string[]; text: string }[]>();
  return (table: string, row: Record<string, Value>): string => {
    const columns = Object.keys(row);
    const ofTable = known.get(table) ?? [];
    const isSame = (other: readonly string[]) =>
      other.length === columns.length && other.every((column, index) => column === columns[index]);
    const found = ofTable.find((one) => isSame(one.columns));
    if (found) return found.text;
    const made = { columns, text: text(table, columns) };
    known.set(table, [...ofTable, made]);
    return made.text;
  };
}

export const insertionInto = remembered(
  (table, columns) =>
    `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")})`,
);

/** With the row's id as its last value. */
export const updateOf = remembered(
  (table, columns) =>
    `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`,
);

export interface Answer {
  rows: readonly object[];
  /** How many rows it changed. */
  changed: number;
}

/**
 * Rules and SQL in one body for every engine: it asks statement by statement, and goes on with the answer. SQLite
 * answers within the call, so nothing is ever waited for; PostgreSQL receives each statement and answers later.
 * A work is handed to `read` or `write`, or joined to what calls it by `yield*`: by itself it does nothing for sure.
 */
export type Work<Result> = Iterable<Statement, Result, Answer>;

export interface Writing {
  /**
   * The work leaves nothing in memory, so that it may be begun anew after a rollback: where all that are committed together
   * are such, none needs a savepoint of its own, which would copy each page that it touches.
   */
  isRepeatable?: boolean;
  /** Nobody outside waits for it, and there may be hundreds at once: whatever else is asked for goes first. */
  isPatient?: boolean;
}

export const repeatable: Writing = { isRepeatable: true };
/** What is queued is sent so: beside a long queue messages are accepted and webhooks taken all the same. */
export const patient: Writing = { isRepeatable: true, isPatient: true };

/** What every part of the store works with. */
export interface Db {
  readonly mint: StoreOptions["mint"];
  readonly windowMs: StoreOptions["windowMs"];
  /** What `sealedColumns` names goes in and out through it. */
  readonly vault: Vault;
  readonly keys: DataKeys;
  /** Gateway time, for how long something has waited. */
  readonly steady: () => number;
  one<Row>(sql: string, ...values: Value[]): Work<Row | undefined>;
  all<Row>(sql: string, ...values: Value[]): Work<Row[]>;
  /** How many rows it changed. */
  run(sql: string, ...values: Value[]): Work<number>;
  /** The new row's integer key. */
  insert(table: string, row: Record<string, Value>): Work<number>;
  update(table: string, id: string, change: Record<string, Value>): Work<void>;
  /** All that it reads is of one moment, and nothing is told as stored between that moment and its answer. */
  read<Result>(work: () => Work<Result>): Promise<Result>;
  /** All that it reads is of one moment. It may take long, for it holds up nothing: lists for people, checks. */
  survey<Result>(work: () => Work<Result>): Promise<Result>;
  /** As `survey`, and no list keeps it waiting: figures of the store, by which one sees what is wrong. */
  gauge<Result>(work: () => Work<Result>): Promise<Result>;
  /** One transaction, committed together with what else is asked for in the same turn of the event loop. */
  write<Result>(work: () => Work<Result>, how?: Writing): Promise<Result>;
  /** Stands behind nothing else that this gateway asks for. Each statement is committed by itself. */
  apart<Result>(work: () => Work<Result>): Promise<Result>;
  /** What takes the place of an id that may hold a person's number: the same for the same id, in this store alone. */
  keyed(id: string): string;
  /** Whether the engine drops the history that is kept of this id with the whole day of its making, once that is before. */
  goesByDay(id: string, before: number): boolean;
  /** Overwrites the unused space of some pages, from the one given on; undefined: that was the last. */
  overwriteUnused(page: number): number | undefined;
  /** Inside `write`: what this transaction overwrites is to be gone from the log too before it is told as done. */
  scrub(): void;
}
