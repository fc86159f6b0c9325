import { once } from "node:events";
import { closeSync, fsync, openSync } from "node:fs";
import { backup, DatabaseSync } from "node:sqlite";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import type { PlatformProblem } from "../../core/problem.ts";
import type { Proof } from "../backing.ts";
import type { Store } from "../store.ts";
import { toJson } from "./columns.ts";
import type { Db } from "./connection.ts";
import { refresh } from "./progress.ts";

type BackingPart = Pick<Store, "copyTo" | "prove" | "setOpenAside">;

/** Pages between two turns of what else wants the database: under a millisecond. */
const pagesAtATime = 50;

export function backingPart(db: Db & { source: DatabaseSync }): BackingPart {
  return {
    copyTo: (file) => copyTo(db.source, file),
    prove: proveAside,
    setOpenAside: (at, limit) => db.write(() => setOpenAside(db, at, limit)),
  };
}

async function copyTo(source: DatabaseSync, file: string): Promise<void> {
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
    await backup(source, file, { rate: pagesAtATime, progress: sync });
    // One file, with no log beside it.
    const copy = new DatabaseSync(file);
    copy.exec("PRAGMA journal_mode = DELETE");
    copy.close();
    await promisify(fsync)(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function proveAside(file: string): Promise<Proof> {
  const worker = new Worker(new URL("./prove-worker.ts", import.meta.url), { workerData: file });
  const [proof] = (await once(worker, "message")) as [Proof];
  return proof;
}

const restored: PlatformProblem = {
  code: "restored",
  message: "It waited when the backup was made that was gone back to: it may have left since.",
  hint: "Find out whether it arrived, then resolve it as sent or failed, or send it again.",
};

function setOpenAside(db: Db, at: number, limit: number): number {
  const open = db.all<{ id: string; message_id: string }>(
    `SELECT id, message_id FROM calls WHERE state IN ('queued', 'sending', 'held') ORDER BY seq LIMIT ?`,
    limit,
  );
  for (const { id } of open) db.update("calls", id, { state: "unknown", problem: toJson(restored) });
  for (const id of new Set(open.map((call) => call.message_id))) refresh(db, id, { at, source: "gateway" });
  return open.length;
}
