import type { Clock } from "../../core/clock.ts";
import { Pace, type Use } from "../pace.ts";

/** Without a rate of its own an endpoint that comes back gets so much a second, twice as much after each minute. */
const catchUpPerSecond = 100;
const doubledEveryMs = 60_000;
/** From here on it is no limit any more. */
const unlimitedPerSecond = 10_000;

/** How fast one endpoint is served: at its declared rate, and while it catches up at one that grows. */
export class DeliveryPace {
  readonly #clock: Clock;
  readonly #pace = new Pace();
  maxPerSecond: number | undefined;
  #catchingUpSince: number | undefined;

  constructor(clock: Clock, maxPerSecond: number | undefined) {
    this.#clock = clock;
    this.maxPerSecond = maxPerSecond;
  }

  catchUp(): void {
    this.#catchingUpSince = this.#clock.steady();
  }

  caughtUp(): void {
    this.#catchingUpSince = undefined;
  }

  /** How long until the next may leave, in ms; 0: now. */
  waitMs(): number {
    const use = this.#use();
    return use ? this.#pace.waitMs(use, this.#clock.steady()) : 0;
  }

  take(): void {
    const use = this.#use();
    if (use) this.#pace.take(use, this.#clock.steady());
  }

  #use(): Use | undefined {
    const perSecond = this.maxPerSecond ?? this.#growing();
    // Timers are not exact: what may leave within a twentieth of a second may leave at once.
    if (perSecond === undefined) return undefined;
    return { key: "", rate: { perSecond, burst: Math.ceil(perSecond / 20) } };
  }

  #growing(): number | undefined {
    if (this.#catchingUpSince === undefined) return undefined;
    const doublings = Math.floor((this.#clock.steady() - this.#catchingUpSince) / doubledEveryMs);
    const perSecond = catchUpPerSecond * 2 ** doublings;
    return perSecond < unlimitedPerSecond ? perSecond : undefined;
  }
}
