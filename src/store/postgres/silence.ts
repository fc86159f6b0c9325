import type { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** How long no byte may come while an answer is waited for before PostgreSQL is asked about it, and how often it is. */
export interface SilenceTimes {
  afterMs: number;
  everyMs: number;
}

interface Asking {
  exec(sql: string): Promise<{ rows: readonly unknown[] }>;
}

/** A process of PostgreSQL's. With its start, in seconds: another has the same id later, or on another server. */
interface Backend {
  pid: number;
  start: string;
}

const usual: SilenceTimes = { afterMs: 4_000, everyMs: 1_000 };
/** One look may come while the question or its answer is on its way. */
const doubtsNeeded = 2;

/** Asked on each connection when it is made: behind a pooler the driver is told another id than the server's. */
export const whichBackend =
  "SELECT pid, extract(epoch FROM backend_start)::text AS start FROM pg_stat_get_activity(pg_backend_pid())";

/**
 * Finds the connections on which nothing passes any more, without a reset: after a failover behind the same address, or
 * where something in between has forgotten one. An answer may rightly take long, so PostgreSQL is asked on another
 * connection whether it works on it. If that one does not answer either, nothing is judged.
 */
export class Silence {
  readonly times: SilenceTimes;
  readonly #aside: Asking;
  /** How many connections were found dead. */
  found = 0;

  /** `aside`: connections that are none of those that it finds, and whose answers are waited for but shortly. */
  constructor(aside: Asking, times: SilenceTimes = usual) {
    this.#aside = aside;
    this.times = times;
  }

  /** False only if PostgreSQL says that it has no such process any more, or that it is waiting for us. */
  async worksOn({ pid, start }: Backend): Promise<boolean> {
    const sql = `SELECT 1 FROM pg_stat_get_activity(${pid}) WHERE extract(epoch FROM backend_start) = ${start}
      AND state NOT LIKE 'idle%' AND coalesce(wait_event, '') NOT IN ('ClientRead', 'ClientWrite')`;
    return this.#aside.exec(sql).then(
      ({ rows }) => rows.length > 0,
      () => true,
    );
  }
}

/** One connection, ended when PostgreSQL says twice that it does not work on what is still waited for. */
export class Attended {
  readonly #silence: Silence;
  readonly #socket: Socket;
  readonly #backend: Backend;
  readonly #foundBefore: number;
  #awaited = 0;
  #isAttended = false;

  constructor(silence: Silence, socket: Socket, backend: Backend) {
    this.#silence = silence;
    this.#socket = socket;
    this.#backend = backend;
    this.#foundBefore = silence.found;
  }

  /** Another was found dead since this one was made: what took that one has mostly taken all. */
  get isDoubtful(): boolean {
    return this.#silence.found > this.#foundBefore;
  }

  asked(): void {
    this.#awaited++;
    if (!this.#isAttended) void this.#attend();
  }

  answered(): void {
    this.#awaited--;
  }

  /** All that is asked on it fails as on a connection that was reset. */
  end(): void {
    this.#socket.destroy();
  }

  /** While something is waited for. Each byte that comes begins it anew, so that it is one question all the time. */
  async #attend(): Promise<void> {
    const { afterMs, everyMs } = this.#silence.times;
    this.#isAttended = true;
    let { bytesRead } = this.#socket;
    const isSilent = () => this.#socket.bytesRead === bytesRead;
    for (let silentMs = everyMs, doubts = 0; doubts < doubtsNeeded; silentMs += everyMs) {
      await sleep(everyMs, undefined, { ref: false });
      if (this.#awaited === 0) break;
      if (isSilent() && silentMs >= afterMs)
        doubts = (await this.#silence.worksOn(this.#backend)) ? 0 : doubts + 1;
      if (isSilent()) continue;
      ({ bytesRead } = this.#socket);
      silentMs = 0;
      doubts = 0;
    }
    this.#isAttended = false;
    if (this.#awaited === 0) return;
    this.#silence.found++;
    this.end();
  }
}
