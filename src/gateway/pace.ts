import type { Rate } from "../core/platform.ts";
import type { PaceRow } from "../store/rows.ts";
import { LastSecond } from "./last-second.ts";

/** A rate that something keeps; `key` tells whose. */
export interface Use {
  key: string;
  rate: Pick<Rate, "perSecond" | "burst">;
  /** No second sees more than `perSecond`, not even the first one with the burst. */
  isToTheSecond?: true;
}

/** How much later than it left a call may have been counted, where a kill has hidden its answer. */
export const lateMs = 250;

/**
 * A token bucket kept as one number: the time at which it would be full again (GCRA), in gateway time. A bucket nobody has used
 * is full, so forgotten ones are dropped; `onForget` is told until when.
 */
export class Pace {
  readonly #fullAt = new Map<string, number>();
  readonly #lastSecond = new LastSecond();
  readonly #onForget: (until: number) => void;
  #forgetAt = 10_000;

  constructor(onForget: (until: number) => void = () => {}) {
    this.#onForget = onForget;
  }

  /** What others used up before; what left last may have been counted a moment later. */
  load(rows: readonly PaceRow[]): void {
    for (const { key, fullAt } of rows)
      if (fullAt > (this.#fullAt.get(key) ?? 0)) this.#fullAt.set(key, fullAt + lateMs);
  }

  /** How long it must still wait, in ms; 0: now. */
  waitMs({ key, rate, isToTheSecond }: Use, now: number): number {
    const spacing = spacingMs(rate);
    const secondMs = isToTheSecond ? this.#lastSecond.waitMs(key, mostOf(rate), now) : 0;
    return Math.max(secondMs, Math.ceil(this.#usedUntil(key, rate, now) - spacing * (rate.burst - 1) - now));
  }

  take({ key, rate, isToTheSecond }: Use, now: number): PaceRow {
    if (isToTheSecond) this.#lastSecond.take(key, mostOf(rate), now);
    const fullAt = Math.max(this.#usedUntil(key, rate, now), now) + spacingMs(rate);
    this.#fullAt.set(key, fullAt);
    if (this.#fullAt.size > this.#forgetAt) this.#forget(now);
    return { key, fullAt };
  }

  /** What was taken leaves now. */
  left({ key, isToTheSecond }: Use, now: number): void {
    if (isToTheSecond) this.#lastSecond.left(key, now);
  }

  /** What `take` gave last. */
  taken({ key }: Use, now: number): PaceRow {
    return { key, fullAt: this.#fullAt.get(key) ?? now };
  }

  /** Two turn out to be one, which both have used. */
  carry(from: string, to: string, now: number): void {
    const used = Math.max(0, (this.#fullAt.get(from) ?? now) - now);
    this.#fullAt.delete(from);
    if (used > 0) this.#fullAt.set(to, Math.max(this.#fullAt.get(to) ?? now, now) + used);
  }

  /** The platform counts a call when it arrives, at the latest when it was answered. For what leaves one at a time. */
  arrived({ key, rate }: Use, at: number): void {
    this.#fullAt.set(key, Math.max(this.#fullAt.get(key) ?? at, at + spacingMs(rate)));
  }

  /** Never more than a whole bucket, also where the rate was a lower one when it was used. */
  #usedUntil(key: string, rate: Use["rate"], now: number): number {
    return Math.min(this.#fullAt.get(key) ?? now, now + spacingMs(rate) * rate.burst + lateMs);
  }

  #forget(now: number): void {
    for (const [key, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(key);
    this.#lastSecond.forget(now);
    this.#forgetAt = Math.max(10_000, 2 * this.#fullAt.size);
    this.#onForget(now - lateMs);
  }
}

function mostOf({ perSecond }: Use["rate"]): number {
  return Math.max(1, Math.floor(perSecond));
}

function spacingMs({ perSecond }: Use["rate"]): number {
  return 1000 / perSecond;
}
