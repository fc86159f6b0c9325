import type { Rate } from "../core/platform.ts";

/**
 * A token bucket kept as one number: the time at which it would be full again (GCRA). A bucket nobody has used
 * is full, so forgotten ones are dropped.
 */
export class Pace {
  readonly #fullAt = new Map<string, number>();

  /** How long `key` must still wait, in ms; 0: now. */
  waitMs(key: string, rate: Rate, now: number): number {
    const spacing = 1000 / rate.perSecond;
    const fullAt = this.#fullAt.get(key) ?? now;
    return Math.max(0, Math.ceil(fullAt - spacing * (rate.burst - 1) - now));
  }

  take(key: string, rate: Rate, now: number): void {
    this.#fullAt.set(key, Math.max(this.#fullAt.get(key) ?? now, now) + 1000 / rate.perSecond);
    if (this.#fullAt.size > 10_000) this.#forget(now);
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
  }
}
