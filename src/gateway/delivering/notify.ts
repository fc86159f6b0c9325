import type { DeliveryAttempt, EndpointRow } from "../../store/endpoint-rows.ts";
import type { Gateway } from "../gateway.ts";
import { heldFor, idsOf, refuseInDoubt } from "../nodes/tenure.ts";
import type { Transport } from "../transport.ts";
import { untilDone, untilStored } from "../until-stored.ts";
import { DeliveryQueue } from "./delivery-queue.ts";
import { closeAll } from "./endpoint-fate.ts";
import { Preflights } from "./preflight.ts";
import { Replays } from "./replay.ts";

/** A name is taken up within half a second, or after a failover. */
const keepTestMs = 10_000;

/**
 * Delivers events to endpoints, each with a queue of its own: a slow or dead one delays nobody else.
 */
export class Notifier {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  readonly #contentDays: number;
  readonly preflights: Preflights;
  readonly replays: Replays;
  readonly #queues = new Map<string, DeliveryQueue>();
  /** What is wished of each, as it was last taken up. */
  readonly #wishes = new Map<string, string>();
  /** What ends the time of an endpoint's former secret. */
  readonly #overlaps = new Map<string, () => void>();
  /** What tests got of endpoints whose queues are not taken up here yet. */
  readonly #tests = new Map<string, { attempt: DeliveryAttempt; forget: () => void }>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #unlisten: () => void;
  readonly #ended = new AbortController();
  #isStarted = false;

  /**
   * `transport` is the guarded one. `contentDays`: so long is kept what waits for an endpoint that somebody has switched
   * off, where a channel says nothing else; 0: for ever.
   */
  constructor(gateway: Gateway, transport: Transport, { contentDays = 30 } = {}) {
    this.#gateway = gateway;
    this.#transport = transport;
    this.#contentDays = contentDays;
    this.preflights = new Preflights(gateway, transport);
    this.replays = new Replays(gateway);
    this.#unlisten = gateway.eventsWritten.listen(() => this.wakeAll());
    gateway.tenure.attend({
      takeUp: (names) => void this.#takeUp(idsOf("endpoint", names)),
      drop: async (name) => this.#drop(idsOf("endpoint", [name])),
      goOn: (names) => void this.#goOn(idsOf("endpoint", names)),
    });
  }

  async start(): Promise<void> {
    this.#isStarted = true;
    const endpoints = await this.#gateway.store.endpoints();
    for (const endpoint of endpoints) this.follow(endpoint);
    const known = new Set(endpoints.map(({ id }) => id));
    for (const id of await this.#gateway.store.abandonedEndpoints())
      this.#finish(closeAll(this.#gateway, id, known.has(id) ? "disabled" : "removed"));
    await this.replays.start();
  }

  /** Takes up an endpoint, or its change, where that is this node's. */
  follow(endpoint: EndpointRow): void {
    if (this.#stopping || !this.#gateway.tenure.owns(`endpoint ${endpoint.id}`)) return;
    this.#endOverlap(endpoint);
    const { failing: _, ...wish } = endpoint;
    this.#wishes.set(endpoint.id, JSON.stringify(wish));
    const known = this.#queues.get(endpoint.id);
    if (known) {
      known.change(endpoint);
      return;
    }
    const held = heldFor(this.#gateway, `endpoint ${endpoint.id}`);
    const queue = new DeliveryQueue(held, this.#transport, endpoint, this.#contentDays);
    queue.lastAttempt = this.#takeTest(endpoint.id);
    this.#queues.set(endpoint.id, queue);
    queue.wake();
  }

  /** What a test of an endpoint got that is followed, or was made or changed here a moment ago. */
  tested(endpointId: string, attempt: DeliveryAttempt): void {
    const queue = this.#queues.get(endpointId);
    if (queue) queue.lastAttempt = attempt;
    else this.#keepTest(endpointId, attempt);
  }

  /** What an endpoint said to the newest try of this run; undefined: none was made. */
  lastAttempt(endpointId: string): DeliveryAttempt | undefined {
    const queue = this.#queues.get(endpointId);
    return queue ? queue.lastAttempt : this.#tests.get(endpointId)?.attempt;
  }

  /** Until its queue is taken up here; by then another node may have it, and has tried it since. */
  #keepTest(endpointId: string, attempt: DeliveryAttempt): void {
    this.#tests.get(endpointId)?.forget();
    const forget = this.#gateway.clock.after(keepTestMs, () => this.#tests.delete(endpointId));
    this.#tests.set(endpointId, { attempt, forget });
  }

  #takeTest(endpointId: string): DeliveryAttempt | undefined {
    const test = this.#tests.get(endpointId);
    test?.forget();
    this.#tests.delete(endpointId);
    return test?.attempt;
  }

  /** Another node has changed some. What only tells how one fares is its queue's own word. */
  async reload(): Promise<void> {
    for (const read of await this.#gateway.store.endpoints()) {
      if (!this.#queues.has(read.id)) continue;
      const endpoint = this.#asFarAsRead(read);
      const { failing: _, ...wish } = endpoint;
      if (this.#wishes.get(endpoint.id) !== JSON.stringify(wish)) this.follow(endpoint);
    }
  }

  /** What opened before and does not now, because this node lacks a new key, goes on as it was, unless it is switched off. */
  #asFarAsRead(read: EndpointRow): EndpointRow {
    const known: EndpointRow | undefined = JSON.parse(this.#wishes.get(read.id) ?? "null") ?? undefined;
    if (!read.isUnreadable || !known || known.isUnreadable) return read;
    const { enabled, disabled, failing } = read;
    return { ...known, enabled, disabled, failing };
  }

  /** Starts nothing for it any more; what is under way ends by itself. */
  forget(endpointId: string): void {
    this.#overlaps.get(endpointId)?.();
    this.#overlaps.delete(endpointId);
    this.#takeTest(endpointId);
    const queue = this.#queues.get(endpointId);
    this.#queues.delete(endpointId);
    const closing = () => closeAll(this.#gateway, endpointId, "removed");
    this.#finish(Promise.all([queue?.stop(), untilStored(closing, this.#gateway, this.#ended.signal)]));
  }

  /** Somebody has changed what waits for it, and expects it to be tried now. */
  refresh(endpointId: string): void {
    if (this.#stopping) return;
    const queue = this.#queues.get(endpointId);
    if (queue) queue.refresh();
    else this.#gateway.tenure.tellOwner(`endpoint ${endpointId}`);
  }

  /** Whoever changed what waits for it may have ended before telling. */
  lookAgain(endpointId: string): void {
    if (!this.#stopping) this.#queues.get(endpointId)?.lookAgain();
  }

  async #takeUp(endpointIds: readonly string[]): Promise<void> {
    if (!this.#isStarted || endpointIds.length === 0) return;
    const wanted = new Set(endpointIds);
    const following = async () => {
      const endpoints = await this.#gateway.store.endpoints();
      refuseInDoubt(this.#gateway.tenure);
      for (const endpoint of endpoints) if (wanted.has(endpoint.id)) this.follow(endpoint);
      await this.replays.start();
    };
    await untilDone(following, this.#gateway, this.#ended.signal);
  }

  async #goOn(endpointIds: readonly string[]): Promise<void> {
    await this.#takeUp(endpointIds.filter((id) => !this.#queues.has(id)));
    await untilDone(() => this.reload(), this.#gateway, this.#ended.signal);
    await untilDone(() => this.replays.start(), this.#gateway, this.#ended.signal);
  }

  async #drop(endpointIds: readonly string[]): Promise<void> {
    for (const id of endpointIds) {
      this.#overlaps.get(id)?.();
      this.#overlaps.delete(id);
      const queue = this.#queues.get(id);
      this.#queues.delete(id);
      await Promise.all([queue?.stop(), this.replays.drop(id)]);
    }
  }

  /** A former secret is gone from the store, too, when it signs no more. */
  #endOverlap({ id, previous }: EndpointRow): void {
    const { store, clock, log } = this.#gateway;
    this.#overlaps.get(id)?.();
    this.#overlaps.delete(id);
    if (!previous) return;
    const end = () => {
      this.#overlaps.delete(id);
      const ending = () => store.endFormerSecret(id, previous.until);
      untilStored(ending, this.#gateway, this.#ended.signal).catch((err) =>
        log.warn({ err, endpoint: id }, "a former secret is still stored"),
      );
    };
    this.#overlaps.set(id, clock.after(Math.max(0, previous.until - clock.steady()), end));
  }

  #finish(work: Promise<unknown>): void {
    const finishing = work
      .catch((err) => this.#gateway.log.error({ err }, "what waits for a removed endpoint is not closed yet"))
      .finally(() => this.#leaving.delete(finishing))
      .then(() => {});
    this.#leaving.add(finishing);
  }

  get #stopping(): boolean {
    return this.#ended.signal.aborted;
  }

  wakeAll(): void {
    if (!this.#stopping) for (const queue of this.#queues.values()) queue.wake();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    this.#unlisten();
    for (const cancel of this.#overlaps.values()) cancel();
    for (const { forget } of this.#tests.values()) forget();
    await this.replays.stop();
    await Promise.all([...this.#leaving, ...[...this.#queues.values()].map((queue) => queue.stop())]);
  }
}
