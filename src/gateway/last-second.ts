const secondMs = 1_000;

/**
 * What left within the last second, in gateway time. A bucket lets its burst pass beside its rate, which is too much
 * where a platform says so many a second: what has rested would send both in its first one.
 */
export class LastSecond {
  /** The latest of each, oldest first, no more than count. */
  readonly #left = new Map<string, number[]>();

  /** How long until one more is no more than `most` in any second, in ms. */
  waitMs(key: string, most: number, now: number): number {
    const left = this.#left.get(key) ?? [];
    const first = left[left.length - most];
    return first === undefined ? 0 : Math.max(0, first + secondMs - now);
  }

  take(key: string, most: number, now: number): void {
    const left = this.#left.get(key) ?? [];
    left.push(now);
    left.splice(0, Math.max(0, left.length - most));
    this.#left.set(key, left);
  }

  forget(now: number): void {
    for (const [key, left] of this.#left) if ((left.at(-1) ?? 0) + secondMs <= now) this.#left.delete(key);
  }
}
