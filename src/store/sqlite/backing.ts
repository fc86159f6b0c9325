import { once } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { PlatformProblem } from "../../core/problem.ts";
import type { Proof } from "../backing.ts";
import type { Store } from "../store.ts";
import { toJson } from "./columns.ts";
import type { Db } from "./connection.ts";
import { copyDatabase } from "./copy.ts";
import { refresh } from "./progress.ts";

type BackingPart = Pick<Store, "copyTo" | "prove" | "setOpenAside">;

export function backingPart(db: Db & { source: DatabaseSync }): BackingPart {
  return {
    copyTo: (file) => copyDatabase(db.source, file),
    prove: proveAside,
    setOpenAside: (at, limit) => db.write(() => setOpenAside(db, at, limit)),
  };
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
