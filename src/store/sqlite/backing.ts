import { once } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Proof } from "../backing.ts";
import type { Db } from "../sql/db.ts";
import type { Store } from "../store.ts";
import { answered } from "./answered.ts";
import { copyDatabase } from "./copy.ts";
import { giveSpaceBack } from "./free-space.ts";

/** What is done to the file as a whole. */
export function backingPart(
  db: Db & { source: DatabaseSync },
): Pick<Store, "copyTo" | "prove" | "giveSpaceBack"> {
  return {
    copyTo: (file) => copyDatabase(db.source, file),
    prove: proveAside,
    giveSpaceBack: () => db.write(() => answered(giveSpaceBack(db.source))),
  };
}

async function proveAside(file: string): Promise<Proof> {
  const worker = new Worker(new URL("./prove-worker.ts", import.meta.url), { workerData: file });
  const [proof] = (await once(worker, "message")) as [Proof];
  return proof;
}
