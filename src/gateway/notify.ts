import type { EndpointRow } from "../store/rows.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import type { Gateway } from "./gateway.ts";
import type { Transport } from "./transport.ts";

/**
 * Delivers events to endpoints, each with a queue of its own: a slow or dead one delays nobody else.
 */
export class Notifier {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  readonly #queues = new Map<string, DeliveryQueue>();
  readonly #leaving = new Set<Promise<void>>();
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
    const queue =
      this.#queues.get(endpoint.id) ?? new DeliveryQueue(this.#gateway, this.#transport, endpoint);
    queue.endpoint = endpoint;
    this.#queues.set(endpoint.id, queue);
    queue.wake();
  }

  /** Starts nothing for it any more; what is under way ends by itself. */
  forget(endpointId: string): void {
    const queue = this.#queues.get(endpointId);
    this.#queues.delete(endpointId);
    const leaving = queue?.stop().finally(() => this.#leaving.delete(leaving!));
    if (leaving) this.#leaving.add(leaving);
  }

  wakeAll(): void {
    if (!this.#stopping) for (const queue of this.#queues.values()) queue.wake();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#unlisten();
    await Promise.all([...this.#leaving, ...[...this.#queues.values()].map((queue) => queue.stop())]);
  }
}
