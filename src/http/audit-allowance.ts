import type { Clock } from "../core/clock.ts";

const windowMs = 3_600_000;
export const refusalsInAnHour = 100;

/**
 * How many refused requests of a key are entries of the audit log. Without a bound any key, one that may only read too,
 * could fill the disk with what it was refused; nobody but holders of keys is counted, so neither can this grow.
 */
export class AuditAllowance {
  readonly #clock: Pick<Clock, "steady">;
  readonly #refused = new Map<string, { count: number; until: number }>();

  constructor(clock: Pick<Clock, "steady">) {
    this.#clock = clock;
  }

  /** One more refusal: whether it is within the allowance. */
  take(keyId: string): boolean {
    const now = this.#clock.steady();
    const known = this.#refused.get(keyId);
    const current = known && known.until > now ? known : { count: 0, until: now + windowMs };
    const count = current.count + 1;
    this.#refused.set(keyId, { ...current, count });
    return count <= refusalsInAnHour;
  }
}
