import type { Clock } from "../../core/clock.ts";
import type { Log } from "../../core/log.ts";

const lookEveryMs = 60_000;
/** Endpoints refuse signatures that are older: https://www.standardwebhooks.com, read 2026-11-22, recommends 5 minutes. */
const tolerableMs = 5 * 60_000;
const tellEveryMs = 60 * 60_000;

/** Compares the wall clock with the `date` of platforms' answers, and tells in the log when it must be wrong. */
export class WallSkew {
  readonly #clock: Clock;
  readonly #log: Log;
  #lookAt = 0;
  #tellAt = 0;

  constructor({ clock, log }: { clock: Clock; log: Log }) {
    this.#clock = clock;
    this.#log = log;
  }

  /** The headers of an answer, by their names in lower case. */
  see({ date }: Record<string, string>): void {
    const now = this.#clock.steady();
    if (date === undefined || now < this.#lookAt) return;
    this.#lookAt = now + lookEveryMs;
    const aheadMs = this.#clock.now() - Date.parse(date);
    if (!(Math.abs(aheadMs) > tolerableMs)) this.#tellAt = 0;
    else if (now >= this.#tellAt) {
      this.#tellAt = now + tellEveryMs;
      const seconds = Math.round(aheadMs / 1000);
      this.#log.warn({ seconds }, "the wall clock is ahead of the platforms' by these seconds: set it right");
    }
  }
}
