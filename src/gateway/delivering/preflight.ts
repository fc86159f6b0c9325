import { timestamp } from "../../core/clock.ts";
import type { Event } from "../../core/event.ts";
import type { AttemptCategory, EndpointRow } from "../../store/endpoint-rows.ts";
import type { Gateway } from "../gateway.ts";
import { Pace } from "../pace.ts";
import type { Transport } from "../transport.ts";
import { toldOf } from "./attempt.ts";
import { signedRequest } from "./delivery-request.ts";

/** What a test delivery got. `skipped`: too many were asked for. */
export interface PreflightResult {
  result: AttemptCategory | "skipped";
  httpStatus?: number;
  error?: string;
  latencyMs?: number;
}

const preflightLimits = { deadlineMs: 10_000, maxBytes: 4 * 1024 };
/** Of all tests together: whoever makes endpoints must not make a stream of requests to somebody else. */
const testUse = { key: "tests", rate: { perSecond: 1, burst: 60 } };

/** Test deliveries, few enough to do no harm: the endpoint need not be asker's own. */
export class Preflights {
  readonly #gateway: Gateway;
  readonly #transport: Transport;
  readonly #pace = new Pace();

  /** `transport` is the guarded one. */
  constructor(gateway: Gateway, transport: Transport) {
    this.#gateway = gateway;
    this.#transport = transport;
  }

  /** Takes a test from the budget, or tells in how many ms there is one again. */
  take(): { waitMs: number } {
    const now = this.#gateway.clock.steady();
    const waitMs = this.#pace.waitMs(testUse, now);
    if (waitMs === 0) this.#pace.take(testUse, now);
    return { waitMs };
  }

  /** Posts a signed `endpoint.test` that is stored nowhere, and tells what came of it. */
  async run(endpoint: Pick<EndpointRow, "url" | "secret" | "previous">): Promise<PreflightResult> {
    if (this.take().waitMs > 0) return { result: "skipped" };
    const { clock, mint } = this.#gateway;
    const beganAt = clock.steady();
    const event: Event = { id: mint("evt"), type: "endpoint.test", timestamp: timestamp(clock.now()) };
    const test = { id: event.id, body: JSON.stringify(event), headers: {} };
    const request = signedRequest(this.#gateway, endpoint, test);
    const { category, httpStatus, error } = toldOf(await this.#transport.exchange(request, preflightLimits));
    const latencyMs = clock.steady() - beganAt;
    return { result: category, latencyMs, ...(error === undefined ? { httpStatus } : { error }) };
  }
}
