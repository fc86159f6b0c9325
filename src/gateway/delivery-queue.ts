import { momentOf } from "../core/clock.ts";
import { deliveryBackoffMs } from "../core/retry.ts";
import type { DeliveryAttempt, DeliveryRow, DeliveryState, EndpointRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { signedHeaders } from "./signature.ts";
import type { Exchange, Transport } from "./transport.ts";
import { untilStored } from "./until-stored.ts";
import { Wakeable } from "./wakeable.ts";

const maxInFlightPerEndpoint = 16;
const lookAhead = 256;
const damaged = "corrupt: what was stored of the event is damaged";
const deliveryLimits = { deadlineMs: 15_000, maxBytes: 4 * 1024 };

/**
 * What one endpoint is owed. The events of one conversation are first tried one at a time in order; a retry waits for
 * nobody and delays nobody.
 */
export class DeliveryQueue {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  endpoint: EndpointRow;
  readonly #inFlight = new Map<string, Promise<void>>();
  /** Conversations whose event is being tried for the first time. */
  readonly #conversations = new Set<string>();
  readonly #looking: Wakeable;
  readonly #stopping = new AbortController();

  constructor(gateway: Gateway, transport: Transport, endpoint: EndpointRow) {
    this.#gateway = gateway;
    this.#transport = transport;
    this.endpoint = endpoint;
    this.#looking = new Wakeable(
      gateway.clock,
      () => this.#look(),
      (err) =>
        gateway.log.error({ err, endpoint: this.endpoint.id }, "deliveries could not be read; trying again"),
    );
  }

  wake(): void {
    this.#looking.wake();
  }

  /** Starts nothing any more; fulfils when the attempts under way have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking.stop();
    await Promise.all(this.#inFlight.values());
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#gateway;
    // With its hands full it looks again when an attempt ends.
    if (this.#inFlight.size >= maxInFlightPerEndpoint) return;
    for (let mayBeMore = this.endpoint.enabled; mayBeMore; ) {
      const except = { deliveries: new Set(this.#inFlight.keys()), conversations: this.#conversations };
      const wish = { endpointId: this.endpoint.id, now: clock.steady(), limit: lookAhead, except };
      const due = await store.dueDeliveries(wish);
      const started = due.filter((delivery) => this.#start(delivery));
      // A page full of one conversation may hide others behind it.
      mayBeMore = due.length === lookAhead && started.length > 0;
    }
    const now = clock.steady();
    const nextAt = this.endpoint.enabled ? await store.nextDeliveryAt(this.endpoint.id, now) : undefined;
    if (nextAt !== undefined) this.#looking.wakeIn(nextAt - now);
  }

  #mayStart(delivery: DeliveryRow): boolean {
    if (this.#stopping.signal.aborted || this.#inFlight.size >= maxInFlightPerEndpoint) return false;
    return delivery.tries > 0 || !this.#conversations.has(delivery.conversationId ?? "");
  }

  /** Whether it was started: not while the endpoint has its hands full or another first try must end before. */
  #start(delivery: DeliveryRow): boolean {
    if (!this.#mayStart(delivery)) return false;
    const first = delivery.tries === 0 ? delivery.conversationId : undefined;
    if (first) this.#conversations.add(first);
    const delivering = this.#deliver(delivery)
      .catch((error) =>
        this.#gateway.log.error({ err: error, delivery: delivery.id }, "a delivery was not recorded"),
      )
      .finally(() => {
        if (first) this.#conversations.delete(first);
        this.#inFlight.delete(delivery.id);
        this.wake();
      });
    this.#inFlight.set(delivery.id, delivering);
    return true;
  }

  async #deliver(delivery: DeliveryRow): Promise<void> {
    const { store, log } = this.#gateway;
    const attempt = await this.#attempt(delivery);
    const next = this.#afterAttempt(delivery, attempt);
    await untilStored(
      () => store.recordAttempt(delivery.id, attempt, next),
      this.#gateway,
      this.#stopping.signal,
    );
    const { httpStatus, error, latencyMs } = attempt;
    log.info(
      { delivery: delivery.id, event: delivery.eventId, state: next.state, httpStatus, error, latencyMs },
      "tried",
    );
  }

  async #attempt(delivery: DeliveryRow): Promise<DeliveryAttempt> {
    const { store, clock } = this.#gateway;
    const { at, steady } = momentOf(clock);
    const event = await store.event(delivery.eventId);
    if (!event) {
      const ids = { delivery: delivery.id, event: delivery.eventId };
      this.#gateway.log.error(ids, "a stored event is damaged: it was not told");
      return { at, latencyMs: 0, error: damaged };
    }
    const body = JSON.stringify(event);
    const headers = {
      ...signedHeaders(this.endpoint.secret, delivery.eventId, at, body),
      "content-type": "application/json",
      "user-agent": "Antiphon",
    };
    const request = { method: "POST", url: this.endpoint.url, headers, body };
    const exchange = await this.#transport.exchange(request, deliveryLimits);
    return { at, latencyMs: clock.steady() - steady, ...told(exchange) };
  }

  #afterAttempt(delivery: DeliveryRow, attempt: DeliveryAttempt): { state: DeliveryState; dueAt?: number } {
    const status = attempt.httpStatus ?? 0;
    if (status >= 200 && status < 300) return { state: "delivered" };
    if (attempt.error === damaged) return { state: "dead" };
    const waitMs = deliveryBackoffMs(delivery.tries + 1, this.#gateway.random);
    return waitMs === null
      ? { state: "dead" }
      : { state: "pending", dueAt: this.#gateway.clock.steady() + waitMs };
  }
}

/** What is kept of an answer: the status and its first 4 KB, or why there is none. */
function told(exchange: Exchange): Pick<DeliveryAttempt, "httpStatus" | "answer" | "error"> {
  if (exchange.kind === "answer")
    return { httpStatus: exchange.response.status, answer: exchange.response.body };
  return {
    error:
      exchange.kind === "unwritten" ? `not reached: ${exchange.reason}` : `no answer: ${exchange.reason}`,
  };
}
