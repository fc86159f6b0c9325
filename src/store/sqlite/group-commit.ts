import type { DatabaseSync } from "node:sqlite";
import { GatewayError, isPassing } from "../../core/problem.ts";
import type { Writing } from "../sql/db.ts";
import type { CommitHooks } from "../sql/options.ts";
import { Waiting } from "../sql/waiting.ts";
import { explain, isBroken } from "./failure.ts";

/** Moves what the log holds into the file, and leaves an empty log. */
export const emptyLog = "PRAGMA wal_checkpoint(TRUNCATE)";

/**
 * In one transaction, in which nothing else of the process goes on: some 5 ms of what is patient. Requests are let in by
 * turns of the event loop.
 */
const most = { all: Number.POSITIVE_INFINITY, patient: 12 };

interface Rules extends CommitHooks {
  /** What was written since the last commit is not there. */
  onUndone?: () => void;
  /** Grows with each statement that may have changed something; absent: any may have. */
  written?: () => number;
}

interface Intention {
  isRepeatable: boolean;
  isPatient: boolean;
  run(): void;
  fulfil(): void;
  reject(reason: unknown): void;
}

/**
 * Commits together what was asked for in one turn of the event loop: one fsync for all of them. One that fails takes
 * nothing with it, and a promise fulfils only after the commit. What may be repeated is done without savepoints, which
 * copy each page that is touched within them; if one then fails that has changed something, all are begun anew with them.
 * What is patient is left to the next transaction where there is much of it.
 */
export class GroupCommit {
  readonly #db: DatabaseSync;
  readonly #hooks: Rules;
  readonly #waiting = new Waiting<Intention>();
  #isPlanned = false;
  #refusal: GatewayError | undefined;
  #isScrubbing = false;
  /** The last commit was refused for a reason that may pass. */
  #isRefusing = false;

  constructor(db: DatabaseSync, hooks: Rules) {
    this.#db = db;
    this.#hooks = hooks;
  }

  get isRefusing(): boolean {
    return this.#isRefusing || this.#refusal !== undefined;
  }

  write<Result>(
    work: () => Result,
    { isRepeatable = false, isPatient = false }: Writing = {},
  ): Promise<Result> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    let result: Result;
    this.#plan();
    this.#waiting.add({
      isRepeatable,
      isPatient,
      run: () => {
        result = work();
      },
      fulfil: () => resolve(result),
      reject,
    });
    return promise;
  }

  #plan(): void {
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    setImmediate(() => this.flush());
  }

  /** Commits now what waits, and soon what is left of it; from `stop` on everything else is refused. */
  flush(): void {
    this.#isPlanned = false;
    const group = this.#waiting.take(most);
    if (group.length > 0) this.#commit(group);
    if (this.#waiting.length > 0) this.#plan();
  }

  #commit(group: Intention[]): void {
    const failures = new Map<Intention, unknown>();
    const began = performance.now();
    try {
      if (this.#refusal) throw this.#refusal;
      this.#transact(group, failures);
    } catch (error) {
      this.#refuseAll(group, failures, error);
      return;
    }
    this.#isRefusing = false;
    this.#emptyLog();
    this.#hooks.onCommit?.(group.length, performance.now() - began);
    for (const intention of group) {
      if (failures.has(intention)) intention.reject(failures.get(intention));
      else intention.fulfil();
    }
  }

  /** What the transaction under way overwrites is emptied from the log with its commit. */
  scrub(): void {
    this.#isScrubbing = true;
  }

  stop(): void {
    while (this.#waiting.length > 0) this.flush();
    this.#refusal = new GatewayError("unavailable", "The store is closed.");
  }

  #transact(group: Intention[], failures: Map<Intention, unknown>): void {
    if (group.every(({ isRepeatable }) => isRepeatable) && this.#together(group, failures)) return;
    failures.clear();
    this.#apart(group, failures);
  }

  /** False where one has failed that had changed something: nothing of any is there then. */
  #together(group: Intention[], failures: Map<Intention, unknown>): boolean {
    const written = this.#hooks.written ?? (() => Number.NaN);
    this.#db.exec("BEGIN IMMEDIATE");
    for (const intention of group) {
      const before = written();
      try {
        intention.run();
      } catch (error) {
        if (!this.#db.isTransaction || isBroken(error)) throw error;
        if (written() !== before) {
          this.#undo();
          return false;
        }
        failures.set(intention, explain(error));
      }
    }
    this.#db.exec("COMMIT");
    return true;
  }

  #apart(group: Intention[], failures: Map<Intention, unknown>): void {
    this.#db.exec("BEGIN IMMEDIATE");
    for (const intention of group) {
      this.#db.exec("SAVEPOINT intention");
      try {
        intention.run();
      } catch (error) {
        // A full or failing disk makes SQLite roll everything back: then nobody's intention is stored.
        if (!this.#db.isTransaction || isBroken(error)) throw error;
        this.#db.exec("ROLLBACK TO intention");
        failures.set(intention, explain(error));
      }
      this.#db.exec("RELEASE intention");
    }
    this.#db.exec("COMMIT");
  }

  #undo(): void {
    this.#hooks.onUndone?.();
    if (this.#db.isTransaction) this.#db.exec("ROLLBACK");
  }

  /** The transaction stands whether or not this succeeds; the next commit tries it again. */
  #emptyLog(): void {
    if (!this.#isScrubbing) return;
    try {
      this.#db.exec(emptyLog);
      this.#isScrubbing = false;
    } catch (error) {
      if (isBroken(error)) this.#break(error);
    }
  }

  /**
   * After a failed fsync what was written may or may not be there, and a second one would report success for pages
   * that the kernel has dropped: only a restart reads the truth. Nobody is told anything before the process ends.
   */
  #break(error: unknown): void {
    this.#refusal = explain(error) as GatewayError;
    this.#hooks.onBroken?.(this.#refusal.detail);
  }

  #refuseAll(group: Intention[], failures: Map<Intention, unknown>, error: unknown): void {
    if (isBroken(error)) this.#break(error);
    this.#isRefusing = true;
    try {
      this.#undo();
    } catch {
      this.#refusal ??= new GatewayError("unavailable", "The store could not undo a failed write. Restart.");
    }
    const explained = explain(error);
    const reason = isPassing(explained)
      ? explained
      : new GatewayError("unavailable", "The store could not commit: nothing was stored.", {
          cause: error,
        });
    for (const intention of group) intention.reject(failures.get(intention) ?? reason);
  }
}
