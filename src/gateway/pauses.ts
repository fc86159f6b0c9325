/** Pauses that platforms asked for, by what they name. A shorter one never cuts a longer one. */
export class Pauses {
  readonly #untilMs = new Map<string, number>();

  set(key: string, untilMs: number): void {
    this.#untilMs.set(key, Math.max(untilMs, this.#untilMs.get(key) ?? 0));
  }

  /** How long `key` is still paused, in ms; 0: not. */
  waitMs(key: string, now: number): number {
    const waitMs = (this.#untilMs.get(key) ?? 0) - now;
    if (waitMs > 0) return waitMs;
    this.#untilMs.delete(key);
    return 0;
  }
}
