import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { GatewayError } from "./core/problem.ts";
import { isBusy } from "./store/sqlite.ts";

/**
 * Which node the gateway of a data folder was before it started: it has ended, for one gateway at a time has the folder.
 * Rejects with a sentence where another has it.
 */
export class FormerNode {
  readonly #file: string;
  readonly #lock: DatabaseSync;

  constructor(dataDir: string) {
    this.#file = join(dataDir, "node");
    this.#lock = locked(dataDir);
  }

  /** Undefined where there was none, or where the folder was another machine's, on which that node may live. */
  get id(): string | undefined {
    if (!existsSync(this.#file)) return undefined;
    const [id, host] = readFileSync(this.#file, "utf8").split("\n");
    return host === hostname() ? id : undefined;
  }

  /** This node's id, for the next start. */
  keep(id: string): void {
    writeFileSync(`${this.#file}.new`, `${id}\n${hostname()}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The folder may be another gateway's. */
  close(): void {
    this.#lock.close();
  }
}

/** A lock of the system's, which ends with the process however it ends; SQLite takes it on every system. */
function locked(dataDir: string): DatabaseSync {
  const file = join(dataDir, "gateway.lock");
  // Never one that is there: closing any descriptor of it would drop the locks that this process has on it.
  if (!existsSync(file)) closeSync(openSync(file, "a", 0o600));
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new GatewayError(
      "unavailable",
      `Another gateway runs on the folder ${dataDir}. Each needs one of its own: set ANTIPHON_DATA.`,
    );
  }
}
