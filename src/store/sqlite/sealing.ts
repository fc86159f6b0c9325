import { GatewayError } from "../../core/problem.ts";
import type { SealingState, SealingStore } from "../keyring.ts";
import { keyOf, type Place, type SealedTable, sealedColumns, Unreadable, type Vault } from "../vault.ts";
import type { Db } from "./connection.ts";

type Statements = Pick<Db, "all" | "run" | "one">;
type StoredRow = { at: number } & Record<string, string | number | null>;

const tables = Object.keys(sealedColumns) as SealedTable[];
/** Seals what stands in plain text in a file that never had a key; remembered until the last copy of it is gone. */
export function sealAll(db: Statements, vault: Vault, file: string): void {
  for (const table of tables) {
    for (let rows = rowsAfter(db, table, 0); rows.length > 0; rows = rowsAfter(db, table, rows.at(-1)!.at)) {
      for (const row of rows) rewrite(db, table, row, (text, place) => sealPlain(vault, text, place, file));
      db.run("INSERT OR REPLACE INTO settings VALUES ('plain_copies', '1')");
    }
  }
}

function rowsAfter(db: Statements, table: SealedTable, after: number, limit = 1000): StoredRow[] {
  const sql = `SELECT rowid AS at, * FROM ${table} WHERE rowid > ? ORDER BY rowid LIMIT ?`;
  return db.all<StoredRow>(sql, after, limit);
}

function sealPlain(vault: Vault, text: string, place: Place, file: string): string {
  if (keyOf(text) === undefined) return vault.seal(text, place);
  throw new GatewayError(
    "unavailable",
    `The keys in ${file} are gone, and what they sealed is not. Restore a backup.`,
  );
}

/** What was plain may still stand in the free space of the file: it is written anew, and again if that is cut short. */
export function dropPlainCopies(db: Statements): void {
  if (!db.one("SELECT 1 FROM settings WHERE key = 'plain_copies'")) return;
  db.run("VACUUM");
  db.run("DELETE FROM settings WHERE key = 'plain_copies'");
}

/** Gives every sealed column of a row what `change` makes of it; an undefined leaves it. */
function rewrite(
  db: Statements,
  table: SealedTable,
  row: StoredRow,
  change: (text: string, place: Place) => string | undefined,
): void {
  const { columns, row: key } = sealedColumns[table];
  for (const column of columns) {
    const before = row[column];
    if (typeof before !== "string") continue;
    const after = change(before, { table, column, row: String(row[key]) } as Place);
    if (after !== undefined) db.run(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`, after, row.at);
  }
}

/** Goes through every row once, part by part; what comes meanwhile is sealed by the newest key already. */
class Pass {
  readonly #left = [...tables];
  #after = 0;
  /** What other keys sealed is left nowhere when it is over: they can go. */
  readonly by: number;
  done = 0;
  total = 0;

  constructor(db: Statements, by: number) {
    this.by = by;
    for (const table of tables)
      this.total += db.one<{ rows: number }>(`SELECT count(*) AS rows FROM ${table}`)?.rows ?? 0;
  }

  get isOver(): boolean {
    return this.#left.length === 0;
  }

  /** Inside a transaction: seals the next rows, and goes on behind them only when it is told that they are stored. */
  seal(db: Statements, vault: Vault, limit: number): { isLast: boolean; stored: () => void } {
    const table = this.#left[0]!;
    const rows = rowsAfter(db, table, this.#after, limit);
    for (const row of rows) rewrite(db, table, row, (text, place) => resealed(vault, text, place));
    const isEnd = rows.length < limit;
    const stored = () => {
      this.done += rows.length;
      this.#after = isEnd ? 0 : rows.at(-1)!.at;
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
  const begun = () => new Pass(db, keys.vault.currentKey);
  const isDone = () => (db.one<{ known: number }>("SELECT count(*) AS known FROM data_keys")?.known ?? 0) < 2;
  const state = (): SealingState => {
    const { done, total } = pass ?? { done: 0, total: 0 };
    return { masterKey: keys.masterName, isDone: isDone(), done, total: Math.max(total, done) };
  };
  return {
    sealing: async () => state(),
    changeMasterKey: async () => {
      keys.use(...(await changeMaster(db)));
      pass = begun();
      return state();
    },
    resealSome: async (limit) => {
      if (keys.isWorn) keys.use(...(await db.write(() => keys.renew())));
      if (isDone()) return true;
      const current = pass && !pass.isOver ? pass : begun();
      pass = current;
      await resealPart(db, current, limit);
      if (!current.isOver) return false;
      keys.vault.forgetBefore(current.by);
      return isDone();
    },
  };
}

async function changeMaster(db: Db): Promise<ReturnType<Db["keys"]["change"]>> {
  const newest = demandNewer(db);
  return db.write(() => {
    // What the old master key wrapped is to be gone from the log as well.
    db.scrub();
    return db.keys.change(newest);
  });
}

/** With the last part the keys go that nothing is sealed by any more. */
async function resealPart(db: Db, pass: Pass, limit: number): Promise<void> {
  const part = await db.write(() => {
    const sealed = pass.seal(db, db.keys.vault, limit);
    if (!sealed.isLast) return sealed;
    db.run("DELETE FROM data_keys WHERE id < ?", pass.by);
    db.scrub();
    return sealed;
  });
  part.stored();
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
