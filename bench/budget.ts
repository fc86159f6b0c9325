/** What a benchmark takes at most, a little more apart: on a slow machine it has fewer rounds instead. */
const mostMs = 280_000;

/** Whether there is time for one more round, each as long as the longest so far. The first measured one always has. */
export class Budget {
  readonly #startedAt = performance.now();
  #lastAt = performance.now();
  #longestMs = 0;

  hasRoom(round: number): boolean {
    const now = performance.now();
    if (round > 0) this.#longestMs = Math.max(this.#longestMs, now - this.#lastAt);
    this.#lastAt = now;
    return round <= 1 || now - this.#startedAt + this.#longestMs <= mostMs;
  }
}
