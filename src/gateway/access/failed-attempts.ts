import type { Clock } from "../../core/clock.ts";
import { neighbourhood } from "./neighbourhood.ts";

/** How much of an allowance is left to somebody. */
export interface Quota {
  policy: string;
  /** How many may fail within a window of so many seconds. */
  quota: number;
  windowSeconds: number;
  remaining: number;
  /** Until the whole allowance is there again. */
  resetSeconds: number;
  isExceeded: boolean;
}

interface Failing {
  count: number;
  /** Gateway time. */
  untilMs: number;
}

const windowSeconds = 60;
const perAddress = { policy: "failed-auth-address", quota: 60 };
const perKey = { policy: "failed-auth-key", quota: 20 };
/** Whoever has more addresses than this is not held up by counting them. */
const maxRemembered = 20_000;

/**
 * Counts requests without a valid key, by the address that they come from and by the key that they claim to have. A
 * valid key is never asked about here: whoever guesses behind a proxy locks out nobody who shares it.
 */
export class FailedAttempts {
  readonly #clock: Pick<Clock, "steady">;
  readonly #failing = new Map<string, Failing>();

  constructor(clock: Pick<Clock, "steady">) {
    this.#clock = clock;
  }

  /** One more: what is left of each allowance that it uses. */
  add(address: string, claimedKeyId?: string): Quota[] {
    const byAddress = this.#use(perAddress, neighbourhood(address));
    return claimedKeyId === undefined ? [byAddress] : [byAddress, this.#use(perKey, claimedKeyId)];
  }

  #use({ policy, quota }: { policy: string; quota: number }, subject: string): Quota {
    const now = this.#clock.steady();
    const known = this.#failing.get(subject);
    const { count, untilMs } =
      known && known.untilMs > now ? known : { count: 0, untilMs: now + windowSeconds * 1000 };
    this.#remember(subject, { count: count + 1, untilMs });
    const resetSeconds = Math.ceil((untilMs - now) / 1000);
    const remaining = Math.max(0, quota - count - 1);
    return { policy, quota, windowSeconds, remaining, resetSeconds, isExceeded: count + 1 > quota };
  }

  #remember(subject: string, failing: Failing): void {
    this.#failing.set(subject, failing);
    if (this.#failing.size <= maxRemembered) return;
    const [oldest] = this.#failing.keys();
    this.#failing.delete(oldest!);
  }
}
