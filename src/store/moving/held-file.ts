import { DatabaseSync } from "node:sqlite";
import type { StoredKey } from "../sql/data-keys.ts";
import type { Value } from "../sql/db.ts";
import { explainOpening } from "../sqlite/failure.ts";

interface Table {
  name: string;
  columns: string[];
}

/** A store's file that nobody else has as long as it is read. */
export class HeldFile {
  readonly #db: DatabaseSync;

  /** Throws with a sentence where a gateway has it. */
  constructor(file: string) {
    this.#db = new DatabaseSync(file, { timeout: 0 });
    try {
      // Exclusive before the first read: no gateway begins to send from it while it is copied.
      this.#db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON; SELECT count(*) FROM settings");
    } catch (error) {
      this.#db.close();
      throw explainOpening(error, file);
    }
  }

  /** What others refer to stands before them. */
  tables(): Table[] {
    const sql =
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";
    const ordered: string[] = [];
    const take = (name: string) => {
      if (ordered.includes(name)) return;
      for (const parent of this.#strings(
        `SELECT DISTINCT "table" AS name FROM pragma_foreign_key_list(?)`,
        name,
      ))
        if (parent !== name) take(parent);
      ordered.push(name);
    };
    for (const name of this.#strings(sql)) take(name);
    return ordered.map((name) => ({
      name,
      columns: this.#strings("SELECT name FROM pragma_table_info(?)", name),
    }));
  }

  /** What its secrets are sealed by, wrapped; none in a file of before they were sealed. */
  dataKeys(): StoredKey[] {
    if (this.#strings("SELECT name FROM sqlite_master WHERE name = 'data_keys'").length === 0) return [];
    const sql = "SELECT id, master, wrapped FROM data_keys ORDER BY id";
    return this.#db
      .prepare(sql)
      .all()
      .map(({ id, master, wrapped }) => ({
        id: Number(id),
        master: String(master),
        wrapped: String(wrapped),
      }));
  }

  countOf(table: string): number {
    return Number(this.#db.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.n);
  }

  rowsOf({ name, columns }: Table): Iterable<Value[]> {
    const statement = this.#db.prepare(`SELECT ${columns.join(", ")} FROM ${name}`);
    statement.setReturnArrays(true);
    return statement.iterate() as Iterable<unknown> as Iterable<Value[]>;
  }

  /** The highest key that the table ever gave, also of rows that are gone: cursors of clients may stand there. */
  highestKey(table: string, key: string): number {
    const given = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").get(table)?.seq;
    const found = this.#db.prepare(`SELECT max(${key}) AS n FROM ${table}`).get()?.n;
    return Math.max(Number(given ?? 0), Number(found ?? 0));
  }

  setting(key: string): string | undefined {
    return this.#db.prepare("SELECT value FROM settings WHERE key = ?").get(key)?.value as string | undefined;
  }

  close(): void {
    this.#db.close();
  }

  #strings(sql: string, ...values: string[]): string[] {
    return this.#db
      .prepare(sql)
      .all(...values)
      .map(({ name }) => String(name));
  }
}
