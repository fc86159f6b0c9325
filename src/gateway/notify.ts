import { deliveryBackoffMs } from "../core/retry.ts";
import type { DeliveryAttempt, DeliveryRow, DeliveryState, EndpointRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { signedHeaders } from "./signature.ts";
import type { Exchange, Transport } from "./transport.ts";

const maxInFlightPerEndpoint = 16;
const lookAhead = 256;
const deliveryLimits = { deadlineMs: 15_000, maxBytes: 4 * 1024 };
const restAfterErrorMs = 1_000;

/**
 * Delivers events to endpoints, each with a queue of its own. The events of one conversation are first tried one
 * at a time in order; a retry waits for nobody and delays nobody.
 */
export class Notifier {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  readonly #queues = new Map<string, Queue>();
  readonly #unlisten: () => void;
  #stopping = false;

  /** `transport` is the guarded one. */
  constructor(gateway: Gateway, transport: Transport) {
    this.#gateway = gateway;
    this.#transport = transport;
    this.#unlisten = gateway.eventsWritten.listen(() => this.wakeAll());
  }

  async start(): Promise<void> {
    for (const endpoint of await this.#gateway.store.endpoints()) this.follow(endpoint);
    this.wakeAll();
  }

  /** Takes up an endpoint, or its change. */
  follow(endpoint: EndpointRow): void {
    const queue = this.#queues.get(endpoint.id) ?? new Queue(this.#gateway, this.#transport, endpoint);
    queue.endpoint = endpoint;
    this.#queues.set(endpoint.id, queue);
    queue.wake();
  }

  async forget(endpointId: string): Promise<void> {
    const queue = this.#queues.get(endpointId);
    this.#queues.delete(endpointId);
    await queue?.stop();
  }

  wakeAll(): void {
    if (!this.#stopping) for (const queue of this.#queues.values()) queue.wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.stop()));
  }
}

class Queue {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  endpoint: EndpointRow;
  readonly #inFlight = new Map<string, Promise<void>>();
  /** Conversations whose event is being tried for the first time. */
  readonly #conversations = new Set<string>();
  #looking: Promise<void> | undefined;
  #again = false;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(gateway: Gateway, transport: Transport, endpoint: EndpointRow) {
    this.#gateway = gateway;
    this.#transport = transport;
    this.endpoint = endpoint;
  }

  wake(): void {
    if (this.#stopping) return;
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = this.#look()
      .catch((error) => {
        this.#gateway.log.error(
          { err: error, endpoint: this.endpoint.id },
          "deliveries could not be read; trying again",
        );
        this.#sleep(restAfterErrorMs);
      })
      .finally(() => {
        this.#looking = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.wake();
      });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.allSettled(this.#inFlight.values());
  }

  async #look(): Promise<void> {
    const { store, clock } = this.#gateway;
    for (let mayBeMore = this.endpoint.enabled; mayBeMore; ) {
      const except = { deliveries: new Set(this.#inFlight.keys()), conversations: this.#conversations };
      const wish = { endpointId: this.endpoint.id, now: clock.now(), limit: lookAhead, except };
      const due = await store.dueDeliveries(wish);
      const started = due.filter((delivery) => this.#start(delivery));
      // A page full of one conversation may hide others behind it.
      mayBeMore = due.length === lookAhead && started.length > 0;
    }
    const now = clock.now();
    const nextAt = this.endpoint.enabled ? await store.nextDeliveryAt(this.endpoint.id, now) : undefined;
    if (nextAt !== undefined) this.#sleep(nextAt - now);
  }

  #sleep(waitMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#stopping) this.#timer = setTimeout(() => this.wake(), Math.min(waitMs, 3_600_000));
  }

  #mayStart(delivery: DeliveryRow): boolean {
    if (this.#stopping || this.#inFlight.size >= maxInFlightPerEndpoint) return false;
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
    await store.recordAttempt(delivery.id, attempt, next);
    const { httpStatus, error, latencyMs } = attempt;
    log.info(
      { delivery: delivery.id, event: delivery.eventId, state: next.state, httpStatus, error, latencyMs },
      "tried",
    );
  }

  async #attempt(delivery: DeliveryRow): Promise<DeliveryAttempt> {
    const { store, clock } = this.#gateway;
    const at = clock.now();
    const event = await store.event(delivery.eventId);
    const body = JSON.stringify(event);
    const headers = {
      ...signedHeaders(this.endpoint.secret, delivery.eventId, at, body),
      "content-type": "application/json",
      "user-agent": "Antiphon",
    };
    const request = { method: "POST", url: this.endpoint.url, headers, body };
    const exchange = await this.#transport.exchange(request, deliveryLimits);
    return { at, latencyMs: clock.now() - at, ...told(exchange) };
  }

  #afterAttempt(delivery: DeliveryRow, attempt: DeliveryAttempt): { state: DeliveryState; dueAt?: number } {
    const status = attempt.httpStatus ?? 0;
    if (status >= 200 && status < 300) return { state: "delivered" };
    const waitMs = deliveryBackoffMs(delivery.tries + 1, this.#gateway.random);
    return waitMs === null
      ? { state: "dead" }
      : { state: "pending", dueAt: this.#gateway.clock.now() + waitMs };
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
