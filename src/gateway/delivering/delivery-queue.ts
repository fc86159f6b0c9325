import { isPassing } from "../../core/problem.ts";
import type { DeliveryAttempt, DeliveryRow, EndpointRow } from "../../store/endpoint-rows.ts";
import type { Gateway } from "../gateway.ts";
import { rest } from "../rest.ts";
import type { Transport } from "../transport.ts";
import { untilStored } from "../until-stored.ts";
import { Wakeable } from "../wakeable.ts";
import { afterAttempt, damaged, inWords, retryAfterMs, toldOf, whileItStands } from "./attempt.ts";
import { DeliveryPace } from "./delivery-pace.ts";
import { requestFor } from "./delivery-request.ts";
import { DeliveryTrace, measureDelivery } from "./delivery-trace.ts";
import { EndpointFate } from "./endpoint-fate.ts";
import { Expiry } from "./expiry.ts";
import { Timed } from "./timed.ts";
import { Turns } from "./turns.ts";

/** Begun in one turn of the event loop: each is half a millisecond of it, which others' events would wait for. */
const begunInTurn = 2;
/** What could not be recorded is left alone so long; what the store refused for now, before anything was posted, so short. */
const restAfter = { defectMs: 60_000, refusalMs: 1_000 };

/**
 * What one endpoint is owed. The events of one conversation are first tried one at a time in order; a retry waits for
 * nobody and delays nobody, but at an `ordered` endpoint it holds up what is behind it in its conversation.
 */
export class DeliveryQueue {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  #endpoint: EndpointRow;
  readonly #inFlight = new Map<string, Promise<void>>();
  /** Of which one is under way that the others must wait for. */
  readonly #lanes = new Set<string>();
  readonly #turns: Turns;
  readonly #timed: Timed;
  #isTimedNext = true;
  readonly #expiry: Expiry;
  readonly #fate: EndpointFate;
  readonly #pace: DeliveryPace;
  readonly #looking: Wakeable;
  readonly #stopping = new AbortController();
  /** What the endpoint said to the newest try, a test among them, of this run. */
  lastAttempt: DeliveryAttempt | undefined;

  /** `contentDays`: so long is kept what waits while somebody has switched the endpoint off, where a channel says nothing else; 0: for ever. */
  constructor(gateway: Gateway, transport: Transport, endpoint: EndpointRow, contentDays: number) {
    this.#gateway = gateway;
    this.#transport = transport;
    this.#endpoint = endpoint;
    this.#expiry = new Expiry(gateway, endpoint.id, contentDays);
    this.#fate = new EndpointFate(gateway, endpoint, this.#stopping.signal);
    this.#pace = new DeliveryPace(gateway.clock, endpoint.maxPerSecond);
    const underWay = {
      ids: () => [...this.#inFlight.keys()],
      has: (id: string) => this.#inFlight.has(id),
      isBusy: (lane: string) => this.#lanes.has(lane),
    };
    this.#turns = new Turns(gateway.store, endpoint.id, underWay, endpoint.ordered);
    this.#timed = new Timed(gateway.store, endpoint.id, underWay);
    this.#looking = new Wakeable(
      gateway.clock,
      () => this.#look(),
      (err) =>
        gateway.log.error({ err, endpoint: endpoint.id }, "deliveries could not be read; trying again"),
    );
  }

  wake(): void {
    this.#looking.wake();
  }

  /** Something that is due may have been missed; a failing endpoint is not probed for it. */
  lookAgain(): void {
    this.#timed.lookAgain();
    this.wake();
  }

  /** The endpoint was changed. What it owed before it owes still; with another URL it begins with a clean slate. */
  change(endpoint: EndpointRow): void {
    const before = this.#endpoint;
    this.#endpoint = endpoint;
    // That its answers switched it off is not in `before`.
    const isEnabledAgain = this.#fate.isDisabled && endpoint.enabled && !endpoint.disabled;
    if (endpoint.url !== before.url || endpoint.enabled !== before.enabled || isEnabledAgain) {
      this.#fate.begin(endpoint);
      this.lastAttempt = undefined;
      this.#pace.catchUp();
    }
    this.#pace.maxPerSecond = endpoint.maxPerSecond;
    this.#expiry.reset();
    if (endpoint.ordered !== this.#turns.isOrdered) {
      this.#turns.isOrdered = endpoint.ordered;
      this.#turns.reset();
    }
    this.refresh();
  }

  /** Somebody else has changed what waits, and expects it to be tried: a failing endpoint is probed at once. */
  refresh(): void {
    this.#fate.probeNow();
    this.#timed.lookAgain();
    this.#timed.refresh();
    this.#turns.refresh();
    this.wake();
  }

  /** Starts nothing any more; fulfils when the attempts under way have ended. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#looking.stop();
    await Promise.all(this.#inFlight.values());
  }

  async #look(): Promise<void> {
    const { clock } = this.#gateway;
    await this.#expire();
    const toExpireInMs = this.#expiry.waitMs;
    const toTellInMs = this.#isServed ? await this.#fate.tellInTime(this.#endpoint) : toExpireInMs;
    let idleMs = Math.min(toExpireInMs, toTellInMs);
    let begun = 0;
    // Nothing is sent while there may be more that is too old.
    while (this.#isServed && toExpireInMs > 0) {
      // With its hands full it looks again when an attempt ends.
      if (this.#inFlight.size >= this.#fate.room) break;
      const waitMs = Math.max(this.#fate.waitMs(), this.#pace.waitMs());
      const next = waitMs > 0 ? "more" : await this.#next();
      if (next === undefined) {
        this.#pace.caughtUp();
        idleMs = Math.min(idleMs, this.#timed.dueAt - clock.steady());
        break;
      }
      if (next === "more") {
        idleMs = Math.min(idleMs, waitMs);
        break;
      }
      this.#start(next);
      if (++begun % begunInTurn === 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    if (idleMs < Number.POSITIVE_INFINITY) this.#looking.wakeIn(idleMs);
  }

  get #isServed(): boolean {
    const { enabled, isUnreadable } = this.#endpoint;
    return enabled && !isUnreadable && !this.#fate.isDisabled && !this.#stopping.signal.aborted;
  }

  /** Those whose time has come and those in turn, one after the other: neither kind waits for all of the other. */
  async #next(): Promise<DeliveryRow | "more" | undefined> {
    this.#isTimedNext = !this.#isTimedNext;
    if (!this.#isTimedNext) return (await this.#nextTimed()) ?? this.#turns.next();
    const inTurn = await this.#turns.next();
    return inTurn === undefined || inTurn === "more" ? ((await this.#nextTimed()) ?? inTurn) : inTurn;
  }

  #nextTimed(): Promise<DeliveryRow | undefined> {
    return this.#timed.next(this.#gateway.clock.steady(), this.#endpoint.ordered);
  }

  async #expire(): Promise<void> {
    const expired = await this.#expiry.pass(this.#endpoint);
    if (expired === 0) return;
    this.#turns.refresh();
    this.#timed.refresh();
  }

  #start(delivery: DeliveryRow): void {
    const { lane } = delivery;
    const isWaitedFor =
      lane !== undefined && this.#keepsLanes && (this.#endpoint.ordered || !delivery.isTimed);
    if (isWaitedFor) this.#lanes.add(lane);
    this.#pace.take();
    const delivering = this.#deliver(delivery)
      .catch((err) => this.#leaveAlone(delivery, err))
      .then((dueAt) => {
        this.#inFlight.delete(delivery.id);
        // Only now: it may be due already, where the disk was slow, and was passed over while it was under way.
        this.#timed.ended(delivery.id, dueAt);
        if (isWaitedFor) this.#free(lane);
        this.wake();
      });
    this.#inFlight.set(delivery.id, delivering);
  }

  /** By what is stored it is due, so that it would be posted again and again. */
  async #leaveAlone({ id }: DeliveryRow, err: unknown): Promise<number> {
    const { clock, log } = this.#gateway;
    log.error({ err, delivery: id }, "a delivery was not recorded");
    await rest(clock, isPassing(err) ? restAfter.refusalMs : restAfter.defectMs, this.#stopping.signal);
    this.#turns.reset();
    return clock.steady();
  }

  #free(lane: string): void {
    this.#lanes.delete(lane);
    this.#turns.freed(lane);
    // What is behind it may be due already, and could not go before.
    if (this.#endpoint.ordered) this.#timed.lookAgain();
  }

  /** Of what platforms post, each is for itself unless the endpoint wants it in order. */
  get #keepsLanes(): boolean {
    return this.#endpoint.format === "antiphon" || this.#endpoint.ordered;
  }

  /** Gives when it is to be tried again, if it is. */
  async #deliver(delivery: DeliveryRow): Promise<number | undefined> {
    const { store, log, clock, random } = this.#gateway;
    const beganAt = clock.steady();
    const tracing = await DeliveryTrace.of(this.#gateway, delivery);
    const { attempt, pauseMs } = await this.#attempt(delivery, tracing.trace).catch((err) =>
      this.#defect(delivery, err),
    );
    tracing.end(attempt);
    const endedAt = clock.steady();
    const next = afterAttempt(delivery, attempt, { beganAt, endedAt, pauseMs, random });
    const againAt = await untilStored(
      () => store.recordAttempt(delivery.id, attempt, next, endedAt),
      this.#gateway,
      this.#stopping.signal,
    );
    const { httpStatus, category, latencyMs } = attempt;
    log.info(
      {
        delivery: delivery.id,
        event: delivery.eventId,
        endpoint: delivery.endpointId,
        state: next.state,
        tries: delivery.tries + 1,
        ...("dueAt" in next && { nextInMs: Math.max(0, next.dueAt - clock.steady()) }),
        httpStatus,
        category,
        latencyMs,
      },
      "tried",
    );
    measureDelivery(this.#gateway, delivery, attempt, endedAt);
    const isDeadLetter = next.state === "dead" && next.reason === "tries";
    if (attempt.category) this.lastAttempt = attempt;
    if (attempt.category) await this.#learn(attempt, { beganAt, pauseMs, isDeadLetter });
    return againAt;
  }

  /** Nobody foresaw it. It is a failed try, so that it has an end, and not the endpoint's fault. A store's refusal is none. */
  #defect({ id, eventId }: DeliveryRow, err: unknown): { attempt: DeliveryAttempt; pauseMs?: number } {
    if (isPassing(err)) throw err;
    const { clock, log } = this.#gateway;
    log.error({ err, delivery: id, event: eventId }, "a delivery failed here");
    return { attempt: { at: clock.now(), latencyMs: 0, error: "not sent: it failed in the gateway" } };
  }

  async #attempt(
    delivery: DeliveryRow,
    trace: string | undefined,
  ): Promise<{ attempt: DeliveryAttempt; pauseMs?: number }> {
    const { clock, log } = this.#gateway;
    const at = clock.now();
    const beganAt = clock.steady();
    const request = await requestFor(this.#gateway, this.#endpoint, { ...delivery, trace });
    if (!request) {
      log.error(
        { delivery: delivery.id, event: delivery.eventId },
        "what is stored is damaged: it was not told",
      );
      return { attempt: { at, latencyMs: 0, error: damaged } };
    }
    const stands = () => this.#gateway.tenure.stillStands(`endpoint ${this.#endpoint.id}`);
    const exchange = await whileItStands(stands, (limits) => this.#transport.exchange(request, limits));
    const attempt = { at, latencyMs: clock.steady() - beganAt, ...toldOf(exchange) };
    return { attempt, pauseMs: retryAfterMs(exchange, clock.now()) };
  }

  async #learn(
    attempt: DeliveryAttempt,
    more: { beganAt: number; pauseMs?: number; isDeadLetter: boolean },
  ): Promise<void> {
    const became = await this.#fate.learn(this.#endpoint, { ...more, attempt, error: inWords(attempt) });
    if (became !== "recovered") return;
    this.#timed.lookAgain();
    this.#pace.catchUp();
  }
}
