import type { EndpointRow } from "../../store/endpoint-rows.ts";
import type { AgedPlace } from "../../store/retaining.ts";
import type { Gateway } from "../gateway.ts";

/** A part takes a few milliseconds, and others have a turn of the event loop before the next. */
const closedAtATime = 250;
/** A backlog gets too old without end, some of it every millisecond: nobody needs to know at once. */
const lookEveryMs = 1_000;
/** What channels wish is told in days. */
const roundEveryMs = 10 * 60_000;

/**
 * What has waited for an endpoint longer than it wants is dead, within a second, part by part. So is what waits for one
 * that is switched off, for longer than its channel keeps content: nobody may ever switch it on again, and what was said
 * would never grow old.
 */
export class Expiry {
  readonly #gateway: Gateway;
  readonly #endpointId: string;
  readonly #contentDays: number;
  /** When there may be something too old; 0: now. */
  #nextAt = 0;
  #nextRoundAt = 0;
  #round: AgedPlace | undefined;

  /** `contentDays`: where a channel says nothing else; 0: for ever. */
  constructor(gateway: Gateway, endpointId: string, contentDays: number) {
    this.#gateway = gateway;
    this.#endpointId = endpointId;
    this.#contentDays = contentDays;
  }

  /** What was known of ages holds no more. */
  reset(): void {
    this.#nextAt = 0;
    this.#nextRoundAt = 0;
    this.#round = undefined;
  }

  /** How long until it is worth a look; 0: now, before anything is sent. */
  get waitMs(): number {
    return Math.max(0, Math.min(this.#nextAt, this.#nextRoundAt) - this.#gateway.clock.steady());
  }

  /** One part of each, if it is time. How many are dead now. */
  async pass({ maxAgeSeconds, enabled }: Pick<EndpointRow, "maxAgeSeconds" | "enabled">): Promise<number> {
    const expired = (await this.#passOwn(maxAgeSeconds)) + (await this.#passResting(!enabled));
    const { log } = this.#gateway;
    if (expired > 0)
      log.warn({ endpoint: this.#endpointId, expired }, "deliveries were too old and are dead");
    return expired;
  }

  async #passOwn(maxAgeSeconds: number | undefined): Promise<number> {
    const { store, clock } = this.#gateway;
    const now = clock.steady();
    if (maxAgeSeconds === undefined) this.#nextAt = Number.POSITIVE_INFINITY;
    if (maxAgeSeconds === undefined || this.#nextAt > now) return 0;
    const endpointId = this.#endpointId;
    const maxAgeMs = maxAgeSeconds * 1_000;
    const wish = { endpointId, queuedBefore: now - maxAgeMs, limit: closedAtATime };
    const oldest = (await store.oldestQueuedAt(endpointId)) ?? now;
    const expired = oldest < wish.queuedBefore ? await store.expireDeliveries(wish) : 0;
    const isWhole = expired < closedAtATime;
    if (isWhole) this.#nextAt = Math.max(now + lookEveryMs, expired > 0 ? 0 : oldest + maxAgeMs + 1);
    return expired;
  }

  async #passResting(isResting: boolean): Promise<number> {
    const { store, clock } = this.#gateway;
    const now = clock.steady();
    if (!isResting) this.#nextRoundAt = Number.POSITIVE_INFINITY;
    if (this.#nextRoundAt > now) return 0;
    const wish = { endpointId: this.#endpointId, now, contentDays: this.#contentDays };
    const { expired, next } = await store.expireResting(wish, this.#round);
    this.#round = next;
    if (!next) this.#nextRoundAt = now + roundEveryMs;
    return expired;
  }
}
