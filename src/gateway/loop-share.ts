import type { Clock } from "../core/clock.ts";

/** Begun in one turn of the event loop at least: each is half a millisecond of it, which others would wait for. */
const fewest = 2;
/**
 * And as many more as take this part of what all else took in the turn before: where commits or webhooks make turns
 * long, a few a turn would never keep up with what each turn brings.
 */
const share = 0.25;

/** What one piece of work that begins many things takes of the event loop, so that others' turns come in between. */
export class LoopShare {
  readonly #clock: Clock;
  #begun = 0;
  #since: number;
  #roomMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.steady();
  }

  /** To be waited for after each that was begun: gives others a turn where this one has had its part. */
  async begun(): Promise<void> {
    const now = this.#clock.steady();
    if (++this.#begun < fewest || now - this.#since < this.#roomMs) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.#since = this.#clock.steady();
    this.#roomMs = share * (this.#since - now);
    this.#begun = 0;
  }
}
