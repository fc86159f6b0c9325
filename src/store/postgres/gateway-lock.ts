import { setTimeout as sleep } from "node:timers/promises";
import { GatewayError } from "../../core/problem.ts";
import { isLost } from "./failure.ts";
import type { Session } from "./session.ts";

/** Any number will do that nobody else in the database takes: "gate" in ASCII. */
const gateway = 0x67617465;
/** PostgreSQL notices within moments that a process was killed; until then its lock is held. */
const waitMs = 5_000;
const triedEveryMs = 100;
/** A network that is cut hides for so long that the other end is gone (see `tcp_keepalives_idle`). */
const ghostMs = 60_000;

type Locking = Session & { end(): Promise<void> };

export interface LockOptions<Prepared> {
  /** Opens a connection that holds nothing but the lock. */
  open(onLost: () => void): Promise<Locking>;
  /** What is done on it before, and given when the lock is taken. */
  prepare(session: Session): Promise<Prepared>;
  place: string;
  /** Told when another gateway has it. */
  onTaken(sentence: string): void;
  /** How long a predecessor is waited for; only tests need another time than the usual one. */
  waitMs?: number;
}

/**
 * One gateway on a database: a lock that lives as long as a connection. With each that takes it the generation grows,
 * which every transaction looks at: so a connection that is lost may be made anew, as long as nobody came between.
 */
export class GatewayLock<Prepared> {
  readonly #options: LockOptions<Prepared>;
  #session: Locking | undefined;
  #isClosed = false;
  generation = 0;
  batch = 0;

  constructor(options: LockOptions<Prepared>) {
    this.#options = options;
  }

  async take(): Promise<Prepared> {
    const session = await this.#options.open(() => void this.#retake());
    this.#session = session;
    const prepared = await this.#options.prepare(session);
    const until = performance.now() + (this.#options.waitMs ?? waitMs);
    while (!(await locked(session))) {
      if (performance.now() > until) throw inUse(this.#options.place);
      await sleep(triedEveryMs);
    }
    const sql = "UPDATE installation SET generation = generation + 1 RETURNING generation, batch";
    const [row] = (await session.exec(sql)).rows;
    this.generation = Number(row?.generation);
    this.batch = Number(row?.batch);
    return prepared;
  }

  async release(): Promise<void> {
    this.#isClosed = true;
    await this.#session?.end();
  }

  /** As long as PostgreSQL is away nobody else has it either. */
  async #retake(): Promise<void> {
    let triedUntil: number | undefined;
    while (!this.#isClosed) {
      try {
        if (await this.#tryAgain()) return;
        triedUntil ??= performance.now() + ghostMs;
        if (performance.now() > triedUntil) return this.#options.onTaken(inUse(this.#options.place).detail);
      } catch (error) {
        if (!isLost(error)) return this.#options.onTaken((error as Error).message);
      }
      await sleep(triedEveryMs);
    }
  }

  async #tryAgain(): Promise<boolean> {
    let isUsed = false;
    const session = await this.#options.open(() => {
      if (isUsed) void this.#retake();
    });
    if (!(await locked(session))) {
      await session.end();
      return false;
    }
    const [row] = (await session.exec("SELECT generation FROM installation")).rows;
    if (Number(row?.generation) !== this.generation) {
      await session.end();
      throw new GatewayError("unavailable", "Another gateway has taken over the database: this one ends.");
    }
    isUsed = true;
    this.#session = session;
    if (this.#isClosed) await session.end();
    return true;
  }
}

async function locked(session: Session): Promise<boolean> {
  const { rows } = await session.exec(`SELECT pg_try_advisory_lock(${gateway}) AS has`);
  return rows[0]?.has === 1;
}

function inUse(place: string): GatewayError {
  return new GatewayError(
    "unavailable",
    `${place.charAt(0).toUpperCase()}${place.slice(1)} is in use by another gateway. Stop that one, or name another database: DATABASE_URL=postgresql://…`,
  );
}
