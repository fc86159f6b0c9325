import type { Span } from "../../core/tracing.ts";
import type { DeliveryAttempt, DeliveryRow } from "../../store/endpoint-rows.ts";
import type { Gateway } from "../gateway.ts";

/** The end of a message's way, as its trace tells it: how long its event waited, and the try at the endpoint. */
export class DeliveryTrace {
  readonly #span: Span | undefined;

  private constructor(span: Span | undefined) {
    this.#span = span;
  }

  /** Nothing is begun for what belongs to no trace: an event of a channel, say. */
  static async of(gateway: Gateway, delivery: DeliveryRow): Promise<DeliveryTrace> {
    const { tracing, clock } = gateway;
    // A trace that cannot be read is no reason not to deliver.
    const parent = await gateway.store.traceOf(delivery).catch(() => undefined);
    if (parent === undefined) return new DeliveryTrace(undefined);
    const attributes = { event: delivery.eventId, delivery: delivery.id, endpoint: delivery.endpointId };
    const waitedMs = Math.max(0, clock.steady() - (delivery.isTimed ? delivery.dueAt : delivery.queuedAt));
    const startedAt = Math.round(clock.now() - waitedMs);
    tracing.begin({ name: "event", parent, startedAt, attributes }).end();
    const tried = { ...attributes, tries: delivery.tries + 1 };
    return new DeliveryTrace(tracing.begin({ name: "delivery", parent, attributes: tried }));
  }

  /** What the endpoint is told as its part of the trace. */
  get trace(): string | undefined {
    return this.#span?.trace;
  }

  end({ category, httpStatus }: DeliveryAttempt): void {
    const problem = category ?? "corrupt";
    this.#span?.end({ ...(problem !== "ok" && { problem }), attributes: { httpStatus } });
  }
}

export function measureDelivery(
  { meter }: Gateway,
  delivery: DeliveryRow,
  { category }: DeliveryAttempt,
  endedAt: number,
): void {
  meter.count("antiphon_delivery_attempts_total", { category: category ?? "corrupt" });
  if (category === "ok")
    meter.time("antiphon_event_seconds", Math.max(0, endedAt - delivery.queuedAt) / 1000, {});
}
