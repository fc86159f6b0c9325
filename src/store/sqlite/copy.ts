import { closeSync, fsync, openSync, rmSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { explain, isPassing } from "./failure.ts";

/** Pages between two turns of what else wants the database: under a millisecond. */
const pagesAtATime = 50;
const tries = 4;

/**
 * A copy of the whole database in a new file, made while it is written. SQLite may break off though nothing is wrong:
 * then it is begun anew. `copyPages` is SQLite's own; only tests hand in another.
 */
export async function copyDatabase(source: DatabaseSync, file: string, copyPages = backup): Promise<void> {
  for (let left = tries; ; ) {
    try {
      return await copyOnce(source, file, copyPages);
    } catch (error) {
      if (!isPassing(error) || --left === 0) throw explain(error);
      for (const part of [file, `${file}-journal`]) rmSync(part, { force: true });
    }
  }
}

async function copyOnce(source: DatabaseSync, file: string, copyPages: typeof backup): Promise<void> {
  const descriptor = openSync(file, "wx", 0o600);
  try {
    // SQLite waits for the disk with its last part, and everything else with it: little is to be left for then.
    let isSyncing = false;
    const sync = () => {
      if (isSyncing) return;
      isSyncing = true;
      fsync(descriptor, () => {
        isSyncing = false;
      });
    };
    await copyPages(source, file, { rate: pagesAtATime, progress: sync });
    // One file, with no log beside it.
    const copy = new DatabaseSync(file);
    copy.exec("PRAGMA journal_mode = DELETE");
    copy.close();
    await promisify(fsync)(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
