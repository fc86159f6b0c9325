import { GatewayError } from "../../core/problem.ts";
import type { DeliveryAttempt, DisabledReason, EndpointRow, Failing } from "../../store/endpoint-rows.ts";
import type { EndpointChange } from "../../store/notifying.ts";
import type { Gateway } from "../gateway.ts";
import { untilStored } from "../until-stored.ts";
import { EndpointHealth } from "./endpoint-health.ts";
import {
  disabledAfterMs,
  disabledBecause,
  isWorthTelling,
  isWorthTellingAgain,
  tellOf,
  worthTellingInMs,
} from "./endpoint-report.ts";

const closedAtATime = 1_000;

interface Tried {
  attempt: DeliveryAttempt;
  error: string;
  beganAt: number;
  pauseMs?: number;
  /** It was the last try of a delivery. */
  isDeadLetter: boolean;
}

/** What becomes of an endpoint by its answers: stored, told to the others, and in the end switched off. */
export class EndpointFate {
  readonly #gateway: Gateway;
  readonly #stopping: AbortSignal;
  #health: EndpointHealth;
  #deadToldAt: number | undefined;
  #isDisabling = false;
  #isDisabled = false;

  /** `stopping`: what could not be stored until then is not tried to be stored any more. */
  constructor(gateway: Gateway, endpoint: EndpointRow, stopping: AbortSignal) {
    this.#gateway = gateway;
    this.#stopping = stopping;
    this.#health = new EndpointHealth(gateway, endpoint.failing);
  }

  /** Nothing that was learned before counts any more. */
  begin(endpoint: EndpointRow): void {
    this.#health = new EndpointHealth(this.#gateway, endpoint.failing);
    this.#isDisabled = false;
  }

  /** It was switched off by its answers, and nobody has enabled it since. */
  get isDisabled(): boolean {
    return this.#isDisabled;
  }

  get room(): number {
    return this.#health.room;
  }

  waitMs(): number {
    return this.#health.waitMs();
  }

  /** Somebody asks: it may have been mended. A pause that the endpoint asked for is kept. */
  probeNow(): void {
    this.#health.probeNow();
  }

  /** Tells that it fails once it has for long enough, however far off its next probe is. Gives how long that is off. */
  async tellInTime(endpoint: EndpointRow): Promise<number> {
    const { failing } = this.#health;
    if (!failing || this.#isDisabled || this.#isDisabling) return Number.POSITIVE_INFINITY;
    const now = this.#gateway.clock.steady();
    if (isWorthTelling(failing, now)) await this.#tellFailing(endpoint, failing, now);
    return this.#health.failing ? worthTellingInMs(this.#health.failing, now) : Number.POSITIVE_INFINITY;
  }

  async #tellFailing(endpoint: EndpointRow, failing: Failing, now: number): Promise<void> {
    const told = { ...failing, toldAt: now };
    this.#health.failing = told;
    await this.#tell(endpoint, { kind: "endpoint.failing", failing: told, change: { failing: told } });
  }

  async learn(endpoint: EndpointRow, tried: Tried): Promise<"recovered" | undefined> {
    if (this.#isDisabled || this.#isDisabling) return undefined;
    const before = this.#health.failing;
    if (tried.attempt.category === "ok")
      return this.#health.succeeded() ? this.#recovered(endpoint, before!) : undefined;
    // Of one event's failure the others need not wait; of these two they do.
    const isPause = tried.attempt.httpStatus === 429 || tried.attempt.httpStatus === 503;
    this.#health.failed({ ...tried, pauseMs: isPause ? tried.pauseMs : 0 });
    const failing = this.#health.failing ?? { since: tried.beganAt, lastError: tried.error };
    if (tried.attempt.httpStatus === 410) return this.#disable(endpoint, "gone", failing);
    if (this.#health.failing) return this.#failed(endpoint, failing, before);
    if (tried.isDeadLetter) await this.#tellOfDeadLetter(endpoint, failing);
    return undefined;
  }

  async #failed(endpoint: EndpointRow, failing: Failing, before: Failing | undefined): Promise<undefined> {
    const now = this.#gateway.clock.steady();
    if (now - failing.since >= disabledAfterMs) return this.#disable(endpoint, "failing", failing);
    if (isWorthTelling(failing, now)) {
      await this.#tellFailing(endpoint, failing, now);
    } else if (!before || before.lastError !== failing.lastError) {
      await this.#keep(endpoint, { failing });
    }
    return undefined;
  }

  /** It may have been removed while an attempt was under way. */
  async #keep({ id }: EndpointRow, change: EndpointChange): Promise<void> {
    const { store } = this.#gateway;
    await this.#stored(() => store.updateEndpoint(id, change)).catch((error) => {
      if (!(error instanceof GatewayError) || error.code !== "not_found") throw error;
    });
  }

  #tell(endpoint: EndpointRow, report: Parameters<typeof tellOf>[2]): Promise<void> {
    return this.#stored(() => tellOf(this.#gateway, endpoint, report));
  }

  /** What the answers said is learned already: nothing would say it again. */
  #stored(write: () => Promise<void>): Promise<void> {
    return untilStored(write, this.#gateway, this.#stopping);
  }

  /** What failed meanwhile has waited long enough, however long its own next wait would have been. */
  async #recovered(endpoint: EndpointRow, failing: Failing): Promise<"recovered"> {
    const { store, clock, log } = this.#gateway;
    const change = { failing: undefined };
    if (failing.toldAt === undefined) await this.#keep(endpoint, change);
    else await this.#tell(endpoint, { kind: "endpoint.recovered", failing, change });
    const hurried = { endpointId: endpoint.id, triedSince: failing.since, now: clock.steady() };
    await this.#stored(() => store.hurryDeliveries(hurried));
    log.info({ endpoint: endpoint.id }, "an endpoint works again");
    return "recovered";
  }

  async #tellOfDeadLetter(endpoint: EndpointRow, failing: Failing): Promise<void> {
    const now = this.#gateway.clock.steady();
    if (!isWorthTellingAgain(this.#deadToldAt, now)) return;
    this.#deadToldAt = now;
    const reason = "A delivery has had all its tries and is dead; others may still arrive.";
    await this.#tell(endpoint, { kind: "endpoint.failing", failing, change: {}, reason });
  }

  async #disable(endpoint: EndpointRow, why: DisabledReason, failing: Failing): Promise<undefined> {
    this.#isDisabling = true;
    const { clock } = this.#gateway;
    const disabled = { at: clock.now(), reason: why };
    const change = { enabled: false, disabled, failing: undefined };
    const reason = disabledBecause[why];
    try {
      await this.#tell(endpoint, { kind: "endpoint.disabled", failing, change, reason });
      this.#isDisabled = true;
    } finally {
      this.#isDisabling = false;
    }
    await this.#stored(() => closeAll(this.#gateway, endpoint.id, why === "gone" ? "gone" : "disabled"));
  }
}

/** What waits is dead, part by part: others' writes come between. It ends where the endpoint is enabled again. */
export async function closeAll(
  { store }: Gateway,
  endpointId: string,
  reason: "gone" | "disabled" | "removed",
): Promise<void> {
  while ((await store.closeDeliveries(endpointId, reason, closedAtATime)) === closedAtATime);
}
