import type { SimulatedLimit } from "../core/simulation.ts";

/** How much too early a call may come: clocks and timers of two processes are never quite together. */
const toleranceMs = 100;

/** How a client has used one limit. */
export interface LimitUse {
  /** What the limit is of: `whatsapp number 7000000001`. */
  limit: string;
  granted: number;
  /** Calls that came too early. */
  violations: number;
}

/** The budgets of rate limits: a burst, refilled at a rate. Kept in memory: a restart begins with full budgets. */
export class Budgets {
  /** For each key, the time at which its budget is full again. */
  readonly #fullAt = new Map<string, number>();
  readonly #uses = new Map<string, LimitUse>();

  /** Takes one: 0 when granted, else the milliseconds until one would be. */
  take(key: string, limit: SimulatedLimit, now: number): number {
    const intervalMs = 1000 / limit.perSecond;
    const fullAt = Math.max(this.#fullAt.get(key) ?? now, now);
    const waitMs = fullAt - now - (limit.burst - 1) * intervalMs;
    const use = this.#use(key);
    if (waitMs > toleranceMs) {
      use.violations++;
      return Math.ceil(waitMs);
    }
    use.granted++;
    this.#fullAt.set(key, fullAt + intervalMs);
    return 0;
  }

  /** Since the start, each limit that was asked of. */
  uses(): LimitUse[] {
    return [...this.#uses.values()];
  }

  #use(limit: string): LimitUse {
    const use = this.#uses.get(limit) ?? { limit, granted: 0, violations: 0 };
    this.#uses.set(limit, use);
    return use;
  }
}
