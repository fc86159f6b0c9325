import { chmodSync, closeSync, openSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../core/problem.ts";
import type { Forward } from "../migrating.ts";
import { type DataKeys, openDataKeys } from "../sql/data-keys.ts";
import type { Db } from "../sql/db.ts";
import type { StoreOptions } from "../sql/options.ts";
import { done } from "./answered.ts";
import { explainOpening, isBusy } from "./failure.ts";
import { emptyLog, GroupCommit } from "./group-commit.ts";
import { keyedIn } from "./keyed-hash.ts";
import { migrate, plan } from "./migrate.ts";
import { Slack } from "./slack.ts";
import { type Statements, statements } from "./statements.ts";

export interface SqliteOptions extends StoreOptions {
  /** In a folder that exists; made with mode 0600 when missing. */
  file: string;
}

interface Connection extends Db {
  /** For what copies all of it. */
  readonly source: DatabaseSync;
  refusal(): Promise<string | undefined>;
  close(): void;
}

const pageCache = 32 * 1024; // KiB: with time-ordered ids 1.4 to 2.2 times the inserts of SQLite's 2 MB
const checkpointPages = 4000; // 16 MB of log between checkpoints, for the same reason

/** Opens, locks and migrates the file, or says in one sentence why it cannot. */
export function connect(options: SqliteOptions): Connection {
  const { db, asked, keys, keyed } = open(options);
  const slack = new Slack(options.file);
  const { onCommit, onBroken } = options;
  const commits = new GroupCommit(db, {
    onCommit,
    onBroken,
    onUndone: () => keys.undone(),
    written: () => asked.written,
  });
  const read: Db["read"] = async (work) => done(work());
  const write: Db["write"] = (work, how) =>
    commits.write(() => {
      const result = done(work());
      if (keys.isBehind) done(keys.count());
      return result;
    }, how);
  return {
    ...asked,
    source: db,
    mint: options.mint,
    windowMs: options.windowMs,
    vault: keys.vault,
    keys,
    steady: options.steady ?? Date.now,
    read,
    survey: read,
    gauge: read,
    write,
    apart: write,
    keyed,
    scrub: () => commits.scrub(),
    overwriteUnused: (page) => overwriteUnused(db, slack, page),
    goesByDay: () => false,
    refusal: () => refusal(commits, asked),
    close: () => {
      commits.stop();
      if (db.isOpen) db.close();
      slack.close();
    },
  };
}

/** With the log emptied into the file, and no page of it in memory, what is overwritten there is gone. */
function overwriteUnused(db: DatabaseSync, slack: Slack, page: number): number | undefined {
  const { busy } = db.prepare(emptyLog).get() as { busy: number };
  if (busy !== 0) throw new GatewayError("unavailable", "The log could not be emptied yet.");
  db.exec("PRAGMA shrink_memory");
  const number = (pragma: string) => Number(db.prepare(`PRAGMA ${pragma}`).get()?.[pragma]);
  return slack.overwrite(page, { pageBytes: number("page_size"), hasMaps: number("auto_vacuum") > 0 });
}

const probe = "x".repeat(64 * 1024);

/** Nobody may have written since the disk had no room: only a write tells whether it has now. */
async function refusal(commits: GroupCommit, { run }: Pick<Db, "run">): Promise<string | undefined> {
  if (!commits.isRefusing) return undefined;
  const write = () => {
    done(run("INSERT INTO settings (key, value) VALUES ('probe', ?)", probe));
    done(run("DELETE FROM settings WHERE key = 'probe'"));
  };
  return commits.write(write).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

function open(options: SqliteOptions) {
  const { file } = options;
  let db: DatabaseSync | undefined;
  try {
    makePrivate(file);
    db = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true });
    configure(db);
    const keyed = keyedIn(db);
    checkShape(db, file);
    migrate(db, file);
    letShrink(db, file);
    const asked = statements(db);
    const keys = unlock(db, asked, options);
    dropPlainCopies(db);
    // A crash may have come between an erasure and the end of the log that still held what was erased.
    db.exec(emptyLog);
    return { db, asked, keys, keyed };
  } catch (error) {
    if (db?.isOpen) db.close();
    throw explainOpening(error, file);
  }
}

/** Whether another process has the file. */
export function isHeld(file: string): boolean {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE; ROLLBACK");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw explainOpening(error, file);
  } finally {
    db.close();
  }
}

/** How far the schema of a file is that nobody else has. It is not changed. */
export function planOf(file: string): Forward {
  const db = new DatabaseSync(file, { timeout: 0 });
  try {
    db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA query_only = ON");
    return plan(db, file);
  } catch (error) {
    throw explainOpening(error, file);
  } finally {
    db.close();
  }
}

function unlock(db: DatabaseSync, asked: Statements, options: SqliteOptions): DataKeys {
  db.exec("BEGIN IMMEDIATE");
  try {
    const keys = done(openDataKeys(asked, { ...options, place: options.file }));
    db.exec("COMMIT");
    return keys;
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
}

/**
 * The log and journal take the file's mode. An existing file is never opened here: closing any descriptor of it
 * would drop the locks that SQLite holds for this process (https://sqlite.org/howtocorrupt.html, 2.2).
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, "wx", 0o600));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") chmodSync(file, 0o600);
    else
      throw new GatewayError("unavailable", `${file} cannot be written. Check its folder.`, { cause: error });
  }
}

function configure(db: DatabaseSync): void {
  // Of a new file: before its first page is written.
  db.exec("PRAGMA auto_vacuum = INCREMENTAL");
  // Exclusive before WAL: the lock is then held from the first read to the close, and a second opener is refused.
  db.exec("PRAGMA locking_mode = EXCLUSIVE");
  db.exec("PRAGMA journal_mode = WAL");
  db.exec("PRAGMA synchronous = FULL");
  db.exec(`PRAGMA cache_size = -${pageCache}`);
  db.exec(`PRAGMA wal_autocheckpoint = ${checkpointPages}`);
  // What contacts take back is overwritten, also in pages that are free then.
  db.exec("PRAGMA secure_delete = ON");
  // Nothing of it lies in files that are removed and not overwritten.
  db.exec("PRAGMA temp_store = MEMORY");
  demand(db, "journal_mode", "wal");
  demand(db, "locking_mode", "exclusive");
  demand(db, "foreign_keys", 1);
  // 2 is FULL. It is not kept in the file: a connection that forgets it would acknowledge what a power cut loses.
  demand(db, "synchronous", 2);
}

/**
 * Lets a file give free pages back to the disk. One that was made without that is written anew while it is small; a
 * large one uses them again, and a backup that is gone back to is written so.
 */
function letShrink(db: DatabaseSync, file: string): void {
  const { auto_vacuum } = db.prepare("PRAGMA auto_vacuum").get() as { auto_vacuum: number };
  if (auto_vacuum === 2 || statSync(file).size > maxWhollyCheckedBytes) return;
  db.exec("PRAGMA auto_vacuum = INCREMENTAL");
  db.exec("VACUUM");
}

/** What was plain may still stand in the free space of the file: it is written anew, and again if that is cut short. */
function dropPlainCopies(db: DatabaseSync): void {
  if (!db.prepare("SELECT 1 FROM settings WHERE key = 'plain_copies'").get()) return;
  db.exec("VACUUM");
  db.exec("DELETE FROM settings WHERE key = 'plain_copies'");
}

/** A start is to take 2 s at most: of 100 MB the whole check took 0.7 s on 2 busy cores, the quick one 0.3 s. */
const maxWhollyCheckedBytes = 64 * 1024 * 1024;
const maxCheckedBytes = 256 * 1024 * 1024;

/**
 * Whether SQLite can find its way in the file, and in a small one whether rows and indexes agree. A large one is not
 * read through: its rows' checksums tell in time.
 */
function checkShape(db: DatabaseSync, file: string): void {
  const { size } = statSync(file);
  if (size > maxCheckedBytes) return;
  const check = size > maxWhollyCheckedBytes ? "quick_check" : "integrity_check";
  const found = db.prepare(`PRAGMA ${check}(1)`).get()?.[check];
  if (found === "ok") return;
  throw new GatewayError("unavailable", `${file} is damaged (${found}). Restore a backup.`);
}

function demand(db: DatabaseSync, pragma: string, wanted: string | number): void {
  const actual = db.prepare(`PRAGMA ${pragma}`).get()?.[pragma];
  if (actual === wanted) return;
  throw new GatewayError(
    "unavailable",
    `SQLite reports ${pragma}=${actual} where ${wanted} is needed for durability. Use a local file system.`,
  );
}
