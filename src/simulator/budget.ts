import type { SimulatedLimit } from "../core/simulation.ts";

/** How much too early a call may come: clocks and timers of two processes are never quite together. */
const toleranceMs = 100;

/** The budgets of rate limits: a burst, refilled at a rate. Kept in memory: a restart begins with full budgets. */
export class Budgets {
  /** For each key, the time at which its budget is full again. */
  readonly #fullAt = new Map<string, number>();

  /** Takes one: 0 when granted, else the milliseconds until one would be. */
  take(key: string, limit: SimulatedLimit, now: number): number {
    const intervalMs = 1000 / limit.perSecond;
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now);
    const waitMs = fullAt - now - (limit.burst - 1) * intervalMs;
    if (waitMs > toleranceMs) return Math.ceil(waitMs);
    this.#fullAt.set(key, fullAt + intervalMs);
    return 0;
  }
}
