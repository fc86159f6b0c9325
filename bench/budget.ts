/** What a benchmark takes at most, where it does not say otherwise: all of them together take about 15 minutes. */
const usualMs = 150_000;

/**
 * Whether there is time for one more round, each as long as the longest so far: on a slow machine there are fewer. The
 * first measured one always has.
 */
export class Budget {
  readonly #mostMs: number;
  readonly #startedAt = performance.now();
  #lastAt = performance.now();
  #longestMs = 0;

  constructor(mostMs = usualMs) {
    this.#mostMs = mostMs;
  }

  hasRoom(round: number): boolean {
    const now = performance.now();
    // What comes before the first measured round is longer than any.
    if (round > 1) this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt);
    this.#lastAt = now;
    return round <= 1 || now - this.#startedAt + this.#longestMs <= this.#mostMs;
  }
}
