import type { Clock } from "../../core/clock.ts";
import type { Random } from "../../core/retry.ts";
import type { Failing } from "../../store/endpoint-rows.ts";

export const maxUnderWay = 16;
/** So many failures on end, and nothing but failures: then it is probed alone. */
const failuresToOpen = 5;
const firstProbeMs = 2_000;
const longestProbeMs = 15 * 60_000;

/**
 * Whether an endpoint works, by what it answered. One that fails is probed by one delivery at a time, ever more
 * seldom; once one succeeds, more are let go with each success, so that what has waited does not fall on it at once.
 */
export class EndpointHealth {
  readonly #clock: Clock;
  readonly #random: Random;
  #failures = 0;
  #firstFailureAt = 0;
  #openedAt = 0;
  #probes = 0;
  #probeAt = 0;
  /** The endpoint asked for it. */
  #pausedUntil = 0;
  #room = maxUnderWay;
  /** Nothing was delivered since; absent: it works, or has failed too seldom to tell. */
  failing: Failing | undefined;

  /** `failing`: as an earlier run left it. It is probed at once: much may have changed. */
  constructor({ clock, random }: { clock: Clock; random: Random }, failing?: Failing) {
    this.#clock = clock;
    this.#random = random;
    this.failing = failing;
  }

  /** How many deliveries may be under way at a time. */
  get room(): number {
    return this.failing ? 1 : this.#room;
  }

  /** How long nothing may be sent, in ms; 0: now. */
  waitMs(): number {
    const probeAt = this.failing ? this.#probeAt : 0;
    return Math.max(0, Math.max(probeAt, this.#pausedUntil) - this.#clock.steady());
  }

  probeNow(): void {
    this.#probeAt = 0;
  }

  /** Whether it has failed until now: there is something to catch up with. */
  succeeded(): boolean {
    this.#failures = 0;
    if (!this.failing) {
      this.#room = Math.min(maxUnderWay, this.#room + 1);
      return false;
    }
    this.failing = undefined;
    this.#probes = 0;
    this.#room = 1;
    return true;
  }

  /** `beganAt`: of the attempt. `pauseMs`: what the endpoint asked for. */
  failed({ beganAt, error, pauseMs = 0 }: { beganAt: number; error: string; pauseMs?: number }): void {
    const now = this.#clock.steady();
    if (this.#failures++ === 0) this.#firstFailureAt = beganAt;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs);
    if (this.failing) {
      this.failing = { ...this.failing, lastError: error };
      // Those that were under way when it was found out say nothing new.
      if (beganAt > this.#openedAt) this.#probeAt = now + this.#probeWaitMs();
    } else if (this.#failures >= failuresToOpen) {
      this.failing = { since: this.#firstFailureAt, lastError: error };
      this.#openedAt = now;
      this.#probeAt = now + this.#probeWaitMs();
    }
  }

  #probeWaitMs(): number {
    const ceiling = Math.min(longestProbeMs, firstProbeMs * 2 ** this.#probes++);
    return Math.round(ceiling / 2 + (this.#random() * ceiling) / 2);
  }
}
