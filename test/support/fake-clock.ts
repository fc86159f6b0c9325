import type { Clock } from "../../src/core/clock.ts";
import { wakeAfter } from "../../src/steady-clock.ts";

/** Gateway time in tests is nowhere near the wall clock's: what mixes the two up fails at once. */
export const steadyStart = 5_000_000_000;

/** Real time, for tests that wait for states; its two times have nothing in common. */
export function realClock(): Clock {
  const steady = () => Math.floor(steadyStart + performance.now());
  return { now: () => Date.now(), steady, after: (ms, wake) => wakeAfter(steady, ms, wake) };
}

interface Timer {
  dueAt: number;
  wake: () => void;
}

/** Time that passes only when it is told to. */
export class FakeClock implements Clock {
  #wall: number;
  #steady = steadyStart;
  readonly #timers = new Set<Timer>();

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  steady(): number {
    return this.#steady;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { dueAt: this.#steady + Math.max(0, ms), wake };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Time passes; who is due meanwhile is woken, each at its own time and in their order. */
  advance(ms: number): void {
    const until = this.#steady + ms;
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#timers.delete(next);
      this.#pass(Math.max(0, next.dueAt - this.#steady));
      next.wake();
    }
    this.#pass(until - this.#steady);
  }

  /** Somebody sets the wall clock. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #pass(ms: number): void {
    this.#wall += ms;
    this.#steady += ms;
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.dueAt <= until && (!next || timer.dueAt < next.dueAt)) next = timer;
    return next;
  }
}
