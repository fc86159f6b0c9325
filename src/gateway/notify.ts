import type { EndpointRow } from "../store/endpoint-rows.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { closeAll } from "./endpoint-fate.ts";
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
    const endpoints = await this.#gateway.store.endpoints();
    for (const endpoint of endpoints) this.follow(endpoint);
    const known = new Set(endpoints.map(({ id }) => id));
    for (const id of await this.#gateway.store.abandonedEndpoints())
      this.#finish(closeAll(this.#gateway, id, known.has(id) ? "disabled" : "removed"));
  }

  /** Takes up an endpoint, or its change. */
  follow(endpoint: EndpointRow): void {
    const known = this.#queues.get(endpoint.id);
    if (known) {
      known.change(endpoint);
      return;
    }
    const queue = new DeliveryQueue(this.#gateway, this.#transport, endpoint);
    this.#queues.set(endpoint.id, queue);
    queue.wake();
  }

  /** Starts nothing for it any more; what is under way ends by itself. */
  forget(endpointId: string): void {
    const queue = this.#queues.get(endpointId);
    this.#queues.delete(endpointId);
    this.#finish(Promise.all([queue?.stop(), closeAll(this.#gateway, endpointId, "removed")]));
  }

  /** Somebody has changed what waits for it. */
  refresh(endpointId: string): void {
    if (!this.#stopping) this.#queues.get(endpointId)?.refresh();
  }

  #finish(work: Promise<unknown>): void {
    const finishing = work
      .catch((err) => this.#gateway.log.error({ err }, "what waits for a removed endpoint is not closed yet"))
      .finally(() => this.#leaving.delete(finishing))
      .then(() => {});
    this.#leaving.add(finishing);
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
