import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type Db, insertionInto, updateOf, type Value } from "../sql/db.ts";
import { answered } from "./answered.ts";

export interface Statements extends Pick<Db, "one" | "all" | "run" | "insert" | "update"> {
  /** Grows with each statement that may have changed something. */
  readonly written: number;
}

type Row = Record<string, Value>;

/** Each text is prepared once, and kept for as long as the connection. */
export function statements(db: DatabaseSync): Statements {
  const known = new Map<string, Prepared>();
  let written = 0;
  const prepared = (sql: string) => {
    let one = known.get(sql);
    if (!one) {
      one = prepare(db, sql);
      known.set(sql, one);
    }
    if (!one.isReading) written++;
    return one;
  };
  const first = (sql: string, values: Value[]) => {
    const { statement, row } = prepared(sql);
    const found = statement.get(...values) as Value[] | undefined;
    return found && row(found);
  };
  const every = (sql: string, values: Value[]) => {
    const { statement, row } = prepared(sql);
    return (statement.all(...values) as unknown as Value[][]).map(row);
  };
  const run = (sql: string, values: Value[]) => {
    const done = prepared(sql).statement.run(...values);
    if (done.changes === 0) written--;
    return done;
  };
  const update = (table: string, id: string, change: Record<string, Value>) => {
    const values = Object.values(change);
    if (values.length > 0) run(updateOf(table, change), [...values, id]);
  };
  return {
    get written() {
      return written;
    },
    one: <Wanted>(sql: string, ...values: Value[]) => answered(first(sql, values) as Wanted | undefined),
    all: <Wanted>(sql: string, ...values: Value[]) => answered(every(sql, values) as Wanted[]),
    run: (sql, ...values) => answered(Number(run(sql, values).changes)),
    insert: (table, row) =>
      answered(Number(run(insertionInto(table, row), Object.values(row)).lastInsertRowid)),
    update: (table, id, change) => answered(update(table, id, change)),
  };
}

interface Prepared {
  statement: StatementSync;
  isReading: boolean;
  row: (values: Value[]) => Row;
}

/**
 * Rows come as lists, and are copies of one object that has their columns: those that SQLite's binding makes are
 * dictionaries, which take twice as long to make and to look into (35 columns: 3.3 and 2.5 µs, 7 columns: 1.4 and 0.8).
 */
function prepare(db: DatabaseSync, sql: string): Prepared {
  const statement = db.prepare(sql);
  statement.setReturnArrays(true);
  const names = statement.columns().map(({ name }) => name);
  const shape: Row = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:null`).join(",")}}`);
  const row = (values: Value[]) => {
    const made = { ...shape };
    names.forEach((name, index) => {
      made[name] = values[index]!;
    });
    return made;
  };
  return { statement, isReading: isReading(sql), row };
}

/** A WITH too, where nothing in it may write: of what counts as reading a half would be kept when its intention fails. */
function isReading(sql: string): boolean {
  return (
    /^\s*SELECT\b/i.test(sql) ||
    (/^\s*WITH\b/i.test(sql) && !/\b(?:INSERT|UPDATE|DELETE|REPLACE)\b/i.test(sql))
  );
}
