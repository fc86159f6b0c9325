import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError, isPassing } from "../../core/problem.ts";
import type { Work, Writing } from "../sql/db.ts";
import type { CommitHooks } from "../sql/options.ts";
import { Waiting } from "../sql/waiting.ts";
import { drive } from "./driving.ts";
import { explain, isLost, isStale } from "./failure.ts";
import type { Session, Sessions } from "./session.ts";
import type { Turn, Turns } from "./turns.ts";

interface Intention {
  isPatient: boolean;
  run(session: Session): Promise<void>;
  fulfil(): void;
  reject(reason: unknown): void;
}

/** So many in one transaction: beyond, each takes longer than the wait for the disk that they share. */
const most = { all: 256, patient: 64 };
/** How long is asked what became of a commit whose answer was lost: PostgreSQL's own restart takes less. */
const askedForMs = 60_000;
const askedEveryMs = 200;

/** A probe may find room that a table has of its own, where another has none: so long the failure itself counts. */
const fullForMs = 5_000;

const closed = "The store is closed.";

/**
 * Commits together what was asked for while the last transaction was under way. Each runs in a savepoint, so one that
 * fails takes nothing with it, and a promise fulfils only after the commit. Every batch begins by waiting for its turn
 * among those of all gateways, and by writing its number into this gateway's row, which tells after a lost connection
 * whether the batch is stored.
 */
export class Batches {
  readonly #sessions: Sessions;
  readonly #turns: Turns;
  readonly #hooks: CommitHooks;
  readonly #generation: number;
  #batch: number;
  readonly #waiting = new Waiting<Intention>();
  #underWay: Promise<void> | undefined;
  #refusal: GatewayError | undefined;
  /** Fulfils when all that was committed until now is told. */
  #telling: Promise<void> = Promise.resolve();
  /** The last commit was refused for a reason that may pass. */
  #isRefusing = false;
  /** The disk had no room for something: what is smaller may find some all the same. */
  #full: { sentence: string; at: number } | undefined;

  constructor(
    sessions: Sessions,
    turns: Turns,
    place: { generation: number; batch: number },
    hooks: CommitHooks,
  ) {
    this.#sessions = sessions;
    this.#turns = turns;
    this.#generation = place.generation;
    this.#batch = place.batch;
    this.#hooks = hooks;
  }

  get isRefusing(): boolean {
    return this.#isRefusing || this.#full !== undefined || this.#refusal !== undefined;
  }

  /** Why something was refused a moment ago, for want of room, whatever else is stored meanwhile. */
  get fullness(): string | undefined {
    return this.#full && performance.now() - this.#full.at < fullForMs ? this.#full.sentence : undefined;
  }

  /** A write that needs room of its own was stored. */
  noteRoom(): void {
    this.#full = undefined;
  }

  write<Result>(work: () => Work<Result>, { isPatient = false }: Writing = {}): Promise<Result> {
    if (this.#refusal) return Promise.reject(this.#refusal);
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    let result: Result;
    this.#waiting.add({
      isPatient,
      run: async (session) => {
        result = await drive(work(), session.ask);
      },
      fulfil: () => resolve(result),
      reject,
    });
    this.#underWay ??= this.#commitAll();
    return promise;
  }

  /** Commits what waits; everything else is refused from now on. */
  async stop(): Promise<void> {
    this.#refusal ??= new GatewayError("unavailable", closed);
    await this.#underWay;
    await this.#telling;
    // Nobody asks for it again. That of a gateway that was killed goes when it is old.
    if (!this.#isRefusing)
      await this.#sessions.exec(`DELETE FROM writers WHERE generation = ${this.#generation}`).catch(() => {});
  }

  /** Nobody is told anything more, and nothing more is stored from here. */
  break(sentence: string): void {
    this.#refusal = new GatewayError("unavailable", sentence);
    this.#hooks.onBroken?.(sentence);
  }

  async #commitAll(): Promise<void> {
    // What is asked for in one turn of the event loop is one transaction.
    await new Promise(setImmediate);
    while (this.#waiting.length > 0) await this.#commit(this.#waiting.take(most));
    this.#underWay = undefined;
  }

  async #commit(group: Intention[]): Promise<void> {
    const failures = new Map<Intention, unknown>();
    const began = performance.now();
    try {
      const { turn } = await this.#transact(group, failures).catch((error) => {
        if (!isStale(error)) throw error;
        failures.clear();
        return this.#transact(group, failures);
      });
      this.#isRefusing = false;
      this.#noteFull(failures.values());
      this.#hooks.onCommit?.(group.length, performance.now() - began);
      // The next batch does not wait for it.
      this.#telling = turn.then((endTurn) => {
        for (const intention of group) {
          if (failures.has(intention)) intention.reject(failures.get(intention));
          else intention.fulfil();
        }
        endTurn();
      });
    } catch (error) {
      this.#refuseAll(group, failures, error);
    }
  }

  /** Gives the turn in which what is committed is told, once the reads that are under way have ended. */
  async #transact(group: Intention[], failures: Map<Intention, unknown>): Promise<{ turn: Turn }> {
    const batch = ++this.#batch;
    const { session, begun, release } = await this.#sessions.begin((one) => this.#begin(one, batch));
    try {
      if (begun !== 1) this.#takenOver();
      await runAll(session, group, failures);
    } catch (error) {
      // With the connection the transaction ends.
      release(error);
      throw error;
    }
    // Asked for before the commit: what begins to read from now on begins behind what is told of it.
    const turn = this.#turns.telling();
    try {
      await this.#end(session, batch, release);
      return { turn };
    } catch (error) {
      void turn.then((endTurn) => endTurn());
      throw error;
    }
  }

  async #begin(session: Session, batch: number): Promise<number> {
    const turn = "(SELECT single FROM installation FOR UPDATE) AS turn";
    const mark = `UPDATE writers SET batch = ${batch} FROM ${turn} WHERE generation = ${this.#generation}`;
    return (await session.exec(`BEGIN; ${mark}; SAVEPOINT intention`)).changed;
  }

  async #end(session: Session, batch: number, release: (error?: unknown) => void): Promise<void> {
    let command: string;
    try {
      // A commit that waits for a standby is not to be cut short: PostgreSQL would tell it as done.
      ({ command } = await session.exec("SET LOCAL statement_timeout = 0; COMMIT"));
    } catch (error) {
      release(error);
      if (isLost(error) && (await this.#isStored(batch))) return;
      throw error;
    }
    release();
    // What PostgreSQL rolled back instead, it tells as an answer.
    if (command !== "COMMIT") throw new Error(`The commit was answered by ${command}.`);
  }

  /** Of a batch whose commit was not answered: what its row says, once the transaction is over. */
  async #isStored(batch: number): Promise<boolean> {
    for (const until = performance.now() + askedForMs; performance.now() < until; await sleep(askedEveryMs)) {
      const rows = await this.#ownRows().catch(() => undefined);
      if (rows?.[0]) return Number(rows[0].batch) === batch;
      if (rows) this.#takenOver();
    }
    const sentence =
      "The connection to PostgreSQL was lost during a commit, and nobody can say whether it is stored. It is read anew after a restart.";
    this.break(sentence);
    throw new GatewayError("unavailable", sentence);
  }

  /** When the transaction in doubt is over. */
  async #ownRows() {
    const sql = `SELECT batch FROM writers WHERE generation = ${this.#generation} FOR UPDATE`;
    return (await this.#sessions.exec(sql)).rows;
  }

  #takenOver(): never {
    this.break("The row of this gateway is gone from the database: it ends.");
    throw this.#refusal;
  }

  #noteFull(failures: Iterable<unknown>): void {
    for (const failure of failures)
      if (failure instanceof GatewayError && failure.code === "disk_full")
        this.#full = { sentence: failure.detail, at: performance.now() };
  }

  #refuseAll(group: Intention[], failures: Map<Intention, unknown>, error: unknown): void {
    this.#isRefusing = true;
    const explained = explain(error);
    const reason = isPassing(explained)
      ? explained
      : new GatewayError("unavailable", "The store could not commit: nothing was stored.", {
          cause: error,
        });
    for (const intention of group) intention.reject(failures.get(intention) ?? reason);
  }
}

/** Each in a savepoint, the first in the one that stands. */
async function runAll(
  session: Session,
  group: readonly Intention[],
  failures: Map<Intention, unknown>,
): Promise<void> {
  for (const [index, intention] of group.entries()) {
    // Without waiting: it goes out with the next statement, which fails if this one does.
    if (index > 0) session.exec("RELEASE intention; SAVEPOINT intention").catch(() => {});
    try {
      await intention.run(session);
    } catch (error) {
      if (isLost(error) || isStale(error)) throw error;
      await session.exec("ROLLBACK TO intention");
      failures.set(intention, explain(error));
    }
  }
}
