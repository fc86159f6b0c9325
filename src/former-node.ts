import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
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
  /** The lock, which no copy of the folder shares, on this machine since it was started. Undefined: that cannot be told. */
  readonly #place: string | undefined;

  constructor(dataDir: string, boot: string | undefined = bootOfMachine()) {
    this.#file = join(dataDir, "node");
    const lock = join(dataDir, "gateway.lock");
    this.#lock = locked(lock, dataDir);
    const { dev, ino } = statSync(lock, { bigint: true });
    this.#place = boot ? `${hostname()} ${boot} ${dev}:${ino}` : undefined;
  }

  /** Undefined where there was none, and where that node may live: the folder is a copy, or nobody can tell. */
  get id(): string | undefined {
    if (this.#place === undefined || !existsSync(this.#file)) return undefined;
    const [id, place] = readFileSync(this.#file, "utf8").split("\n");
    return place === this.#place ? id : undefined;
  }

  /** This node's id, for the next start. */
  keep(id: string): void {
    writeFileSync(`${this.#file}.new`, `${id}\n${this.#place ?? ""}\n`, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** The folder may be another gateway's. */
  close(): void {
    this.#lock.close();
  }
}

/** Another at each start of the machine, and on each; only Linux tells it. */
function bootOfMachine(): string | undefined {
  const file = "/proc/sys/kernel/random/boot_id";
  return existsSync(file) ? readFileSync(file, "utf8").trim() : undefined;
}

/** A lock of the system's, which ends with the process however it ends; SQLite takes it on every system. */
function locked(file: string, dataDir: string): DatabaseSync {
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
