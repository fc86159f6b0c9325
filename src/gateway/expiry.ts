import type { Gateway } from "./gateway.ts";

/** A part takes a few milliseconds, and others have a turn of the event loop before the next. */
const closedAtATime = 250;
/** A backlog gets too old without end, some of it every millisecond: nobody needs to know at once. */
const lookEveryMs = 1_000;

/** What has waited for an endpoint longer than it wants is dead, within a second, part by part. */
export class Expiry {
  readonly #gateway: Gateway;
  readonly #endpointId: string;
  /** When there may be something too old; 0: now. */
  #nextAt = 0;

  constructor(gateway: Gateway, endpointId: string) {
    this.#gateway = gateway;
    this.#endpointId = endpointId;
  }

  /** What was known of ages holds no more. */
  reset(): void {
    this.#nextAt = 0;
  }

  /** How long until it is worth a look; 0: now, before anything is sent. */
  get waitMs(): number {
    return Math.max(0, this.#nextAt - this.#gateway.clock.steady());
  }

  /** One part, if it is time. How many are dead now. */
  async pass(maxAgeSeconds: number | undefined): Promise<number> {
    const { store, clock, log } = this.#gateway;
    if (maxAgeSeconds === undefined) this.#nextAt = Number.POSITIVE_INFINITY;
    if (maxAgeSeconds === undefined || this.waitMs > 0) return 0;
    const endpointId = this.#endpointId;
    const now = clock.steady();
    const maxAgeMs = maxAgeSeconds * 1_000;
    const wish = { endpointId, queuedBefore: now - maxAgeMs, limit: closedAtATime };
    const oldest = (await store.oldestQueuedAt(endpointId)) ?? now;
    const expired = oldest < wish.queuedBefore ? await store.expireDeliveries(wish) : 0;
    if (expired > 0) log.warn({ endpoint: endpointId, expired }, "deliveries were too old and are dead");
    const isWhole = expired < closedAtATime;
    if (isWhole) this.#nextAt = Math.max(now + lookEveryMs, expired > 0 ? 0 : oldest + maxAgeMs + 1);
    return expired;
  }
}
