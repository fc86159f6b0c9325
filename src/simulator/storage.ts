import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { GatewayError } from "../core/problem.ts";

const schema = `
CREATE TABLE IF NOT EXISTS accounts (platform TEXT, id TEXT, doc TEXT NOT NULL, PRIMARY KEY (platform, id));
CREATE TABLE IF NOT EXISTS people (position INTEGER PRIMARY KEY, id TEXT UNIQUE, platform TEXT, channel TEXT,
  doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS messages (position INTEGER PRIMARY KEY, person TEXT, id TEXT, doc TEXT NOT NULL,
  UNIQUE (person, id));
CREATE TABLE IF NOT EXISTS notes (key TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, doc TEXT NOT NULL, bytes BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS updates (position INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT, channel TEXT,
  queue TEXT, payload TEXT NOT NULL, expires_at INTEGER, due_at INTEGER NOT NULL, tries INTEGER NOT NULL DEFAULT 0,
  held INTEGER, copy INTEGER NOT NULL DEFAULT 0, causes TEXT NOT NULL DEFAULT '[]', fault TEXT);
CREATE INDEX IF NOT EXISTS updates_by_queue ON updates (platform, channel, queue, position);
CREATE TABLE IF NOT EXISTS calls (id INTEGER PRIMARY KEY AUTOINCREMENT, doc TEXT NOT NULL,
  accepted INTEGER NOT NULL DEFAULT 0, status INTEGER, person TEXT, answer TEXT);
`;

/** A row as SQLite gives it; the column types are those of `schema`. */
export type Row = Record<string, string | number | null | Uint8Array>;

/**
 * The simulator's file. A kill of the process loses nothing that was answered; only a crash of the whole machine
 * may lose the last writes (`synchronous=NORMAL`): nobody's real message is in here.
 */
export class SimulatorStorage {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;

  constructor(dataDir: string) {
    mkdirSync(dataDir, { recursive: true });
    this.#database = new DatabaseSync(join(dataDir, "simulator.db"));
    try {
      // One process per folder: a second one would mint the first one's ids.
      this.#database.exec(
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
      );
      this.#database.exec(schema);
      this.#widen();
    } catch (error) {
      this.#database.close();
      const sentence = `The folder ${dataDir} cannot be used: ${(error as Error).message}. If another simulator uses it, stop that one, or set ANTIPHON_DATA to another folder.`;
      throw new GatewayError("unavailable", sentence, { cause: error });
    }
  }

  /** A folder of before updates told what they come from. */
  #widen(): void {
    const known = this.#database.prepare("SELECT name FROM pragma_table_info('updates')").all();
    if (known.some(({ name }) => name === "causes")) return;
    this.#database.exec(
      "ALTER TABLE updates ADD COLUMN causes TEXT NOT NULL DEFAULT '[]'; ALTER TABLE updates ADD COLUMN fault TEXT",
    );
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.#statement(sql).run(...values).lastInsertRowid);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...values) as Row | undefined;
  }

  /** All of `work` or nothing of it; may be nested. */
  transaction<Result>(work: () => Result): Result {
    if (this.#depth > 0) return work();
    this.#depth++;
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const result = work();
      this.#database.exec("COMMIT");
      return result;
    } catch (error) {
      this.#database.exec("ROLLBACK");
      throw error;
    } finally {
      this.#depth--;
    }
  }

  close(): void {
    this.#database.close();
  }
}
