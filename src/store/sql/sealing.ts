import { GatewayError } from "../../core/problem.ts";
import type { MasterKey, SealingState, SealingStore } from "../keyring.ts";
import { keyOf, type Place, type SealedTable, sealedColumns, Unreadable, type Vault } from "../vault.ts";
import type { Db, Value, Work } from "./db.ts";

type Statements = Pick<Db, "all" | "run" | "one">;
type StoredRow = Record<string, Value>;

const tables = Object.keys(sealedColumns) as SealedTable[];

/** Seals what stands in plain text in a store that never had a key; remembered until the last copy of it is gone. */
export function* sealAll(db: Statements, vault: Vault, store: string): Work<void> {
  const seal = (text: string, place: Place) => sealPlain(vault, text, { place, store });
  for (const table of tables) {
    let rows = yield* rowsAfter(db, table, { after: "", limit: 1_000 });
    while (rows.length > 0) {
      for (const row of rows) yield* rewrite(db, table, row, seal);
      yield* db.run("INSERT INTO settings VALUES ('plain_copies', '1') ON CONFLICT DO NOTHING");
      rows = yield* rowsAfter(db, table, { after: keyIn(table, rows.at(-1)), limit: 1_000 });
    }
  }
}

function keyIn(table: SealedTable, row: StoredRow | undefined): string {
  return String(row?.[sealedColumns[table].row] ?? "");
}

function* rowsAfter(
  db: Statements,
  table: SealedTable,
  { after, limit }: { after: string; limit: number },
): Work<StoredRow[]> {
  const { row: key } = sealedColumns[table];
  const sql = `SELECT * FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`;
  return yield* db.all<StoredRow>(sql, after, limit);
}

function sealPlain(vault: Vault, text: string, { place, store }: { place: Place; store: string }): string {
  if (keyOf(text) === undefined) return vault.seal(text, place);
  throw new GatewayError(
    "unavailable",
    `The keys in ${store} are gone, and what they sealed is not. Restore a backup.`,
  );
}

/** Gives every sealed column of a row what `change` makes of it; an undefined leaves it. */
function* rewrite(
  db: Statements,
  table: SealedTable,
  row: StoredRow,
  change: (text: string, place: Place) => string | undefined,
): Work<void> {
  const { columns, row: keyColumn } = sealedColumns[table];
  const key = keyIn(table, row);
  for (const column of columns) {
    const before = row[column];
    if (typeof before !== "string") continue;
    const after = change(before, { table, column, row: key } as Place);
    if (after !== undefined)
      yield* db.run(`UPDATE ${table} SET ${column} = ? WHERE ${keyColumn} = ?`, after, key);
  }
}

/** Goes through every row once, part by part; what comes meanwhile is sealed by the newest key already. */
class Pass {
  readonly #left = [...tables];
  #after = "";
  /** What other keys sealed is left nowhere when it is over: they can go. */
  readonly by: number;
  readonly total: number;
  done = 0;

  constructor(by: number, total: number) {
    this.by = by;
    this.total = total;
  }

  get isOver(): boolean {
    return this.#left.length === 0;
  }

  /** Inside a transaction: seals the next rows, and goes on behind them only when it is told that they are stored. */
  *sealSome(db: Statements, vault: Vault, limit: number): Work<{ isLast: boolean; stored: () => void }> {
    const table = this.#left[0]!;
    const rows = yield* rowsAfter(db, table, { after: this.#after, limit });
    for (const row of rows) yield* rewrite(db, table, row, (text, place) => resealed(vault, text, place));
    const isEnd = rows.length < limit;
    const stored = () => {
      this.done += rows.length;
      this.#after = isEnd ? "" : keyIn(table, rows.at(-1));
      if (isEnd) this.#left.shift();
    };
    return { isLast: isEnd && this.#left.length === 1, stored };
  }
}

/** What opens under no key stays as it is: that is told where it is read. */
function resealed(vault: Vault, text: string, place: Place): string | undefined {
  if (keyOf(text) === vault.currentKey) return undefined;
  try {
    return vault.seal(vault.open(text, place), place);
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

export function sealingPart(db: Db): SealingStore {
  const { keys } = db;
  let pass: Pass | undefined;
  const begun = async () => new Pass(keys.vault.currentKey, await db.survey(() => count(db, tables)));
  const isDone = async () => (await db.read(() => count(db, ["data_keys"]))) < 2;
  const state = async (): Promise<SealingState> => {
    const { done, total } = pass ?? { done: 0, total: 0 };
    return { masterKey: keys.masterName, isDone: await isDone(), done, total: Math.max(total, done) };
  };
  return {
    sealing: state,
    changeMasterKey: async () => {
      const newest = demandNewer(db);
      keys.use(...(await db.write(() => changeMaster(db, newest))));
      pass = await begun();
      return state();
    },
    takeInKeys: () => db.read(() => keys.takeIn()),
    resealSome: async (limit) => {
      if (keys.isWorn) keys.use(...(await db.write(() => keys.renew())));
      if (await isDone()) return true;
      const current = pass && !pass.isOver ? pass : await begun();
      pass = current;
      const part = await db.write(() => resealPart(db, current, limit));
      part.stored();
      if (!current.isOver) return false;
      keys.vault.forgetBefore(current.by);
      return isDone();
    },
  };
}

function* count(db: Statements, of: readonly string[]): Work<number> {
  let sum = 0;
  for (const table of of)
    sum += (yield* db.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`))?.rows ?? 0;
  return sum;
}

function* changeMaster(db: Db, newest: MasterKey): ReturnType<Db["keys"]["change"]> {
  // What the old master key wrapped is to be gone from the log as well.
  db.scrub();
  return yield* db.keys.change(newest);
}

/** With the last part the keys go that nothing is sealed by any more. */
function* resealPart(db: Db, pass: Pass, limit: number): ReturnType<Pass["sealSome"]> {
  const sealed = yield* pass.sealSome(db, db.keys.vault, limit);
  if (!sealed.isLast) return sealed;
  yield* db.run("DELETE FROM data_keys WHERE id < ?", pass.by);
  db.scrub();
  return sealed;
}

function demandNewer({ keys }: Db) {
  const masters = keys.masterKeys;
  const newest = keys.newer();
  if (!newest) {
    const sentence = `The newest key in ${keys.source} is the one in force (${keys.masterName}). Put a new one before it.`;
    throw new GatewayError("conflict", sentence);
  }
  if (masters.some(({ name }) => name === keys.masterName)) return newest;
  const sentence = `The key in force (${keys.masterName}) is missing in ${keys.source}. Keep it there, below the new one, until the change is over.`;
  throw new GatewayError("conflict", sentence);
}
