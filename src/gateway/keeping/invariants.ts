import type { CheckPlace, Violation } from "../../store/tallying.ts";
import type { Gateway } from "../gateway.ts";
import { onceWorker } from "../nodes/tenure.ts";
import { rest } from "../rest.ts";
import { Wakeable } from "../wakeable.ts";

const everyMs = 5 * 60_000;
/** Of the time at most this part is for it. */
const share = 0.1;
const shortestRestMs = 1;
/** A file that is damaged all over is told by some. */
const mostTold = 20;

export interface Checked {
  violations: readonly Violation[];
  /** By the wall clock; absent: nothing has been checked yet. */
  checkedAt?: number;
  ms?: number;
}

/**
 * Checks while everything goes on that what was accepted is queued, under way or ended: every few minutes, and when
 * somebody asks. Each part is of one moment; between two of them all else has its turn.
 */
export class Invariants {
  readonly #gateway: Gateway;
  readonly #work: Wakeable;
  readonly #stopping = new AbortController();
  #last: Checked = { violations: [] };
  #underWay: Promise<Checked> | undefined;

  constructor(gateway: Gateway) {
    this.#gateway = gateway;
    this.#work = new Wakeable(
      gateway.clock,
      () => this.#round(),
      (err) => gateway.log.error({ err }, "invariants could not be checked; trying again"),
    );
    gateway.tenure.attend(onceWorker(() => this.start()));
  }

  get last(): Checked {
    return this.#last;
  }

  start(): void {
    this.#work.wakeIn(everyMs);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all([this.#work.stop(), this.#underWay?.catch(() => {})]);
  }

  /** All of it, now; who asks while one is under way gets that one's result. */
  check(): Promise<Checked> {
    this.#underWay ??= this.#check().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #round(): Promise<void> {
    if (!this.#gateway.tenure.owns("once")) return;
    await this.check();
    if (!this.#stopping.signal.aborted) this.#work.wakeIn(everyMs);
  }

  async #check(): Promise<Checked> {
    const { store, clock } = this.#gateway;
    const began = clock.steady();
    const violations: Violation[] = [];
    let place: CheckPlace | undefined;
    do {
      const partBegan = clock.steady();
      const part = await store.checkSome(place);
      violations.push(...part.violations.slice(0, mostTold - violations.length));
      place = part.next;
      const tookMs = clock.steady() - partBegan;
      const restMs = Math.max(shortestRestMs, tookMs * (1 / share - 1));
      if (place) await rest(clock, restMs, this.#stopping.signal);
    } while (place && !this.#stopping.signal.aborted);
    if (place) return this.#last;
    this.#last = { violations, checkedAt: clock.now(), ms: clock.steady() - began };
    this.#tell(violations);
    return this.#last;
  }

  #tell(violations: readonly Violation[]): void {
    const { log, meter } = this.#gateway;
    for (const { rule, sentence } of violations) {
      meter.count("antiphon_violations_total", { rule });
      log.error({ rule, reason: sentence }, "an invariant does not hold");
    }
  }
}
