import { timestamp, wallTimeOf } from "../../core/clock.ts";
import type { Event, EventType } from "../../core/event.ts";
import type { DisabledReason, EndpointRow, Failing } from "../../store/endpoint-rows.ts";
import type { EndpointChange } from "../../store/notifying.ts";
import type { Gateway } from "../gateway.ts";

const failingToldAfterMs = 5 * 60_000;
/** Of dead letters of an endpoint that works otherwise. */
const toldAgainAfterMs = 24 * 3_600_000;
/** Twice the time that a delivery is tried for. */
export const disabledAfterMs = 14 * 24 * 3_600_000;

/** Whether it has failed for so long that somebody should know. */
export function isWorthTelling({ since, toldAt }: Failing, now: number): boolean {
  return toldAt === undefined && now - since >= failingToldAfterMs;
}

/** How long until then; endless where it was told. */
export function worthTellingInMs({ since, toldAt }: Failing, now: number): number {
  return toldAt === undefined ? Math.max(0, since + failingToldAfterMs - now) : Number.POSITIVE_INFINITY;
}

/** Whether dead letters of an endpoint that does not fail as a whole were told of long ago. */
export function isWorthTellingAgain(toldAt: number | undefined, now: number): boolean {
  return toldAt === undefined || now - toldAt >= toldAgainAfterMs;
}

type Kind = Extract<EventType, "endpoint.failing" | "endpoint.recovered" | "endpoint.disabled">;

/** Tells the other endpoints, and the list of events, how one fares; in the same commit as what changes with it. */
export async function tellOf(
  gateway: Gateway,
  endpoint: EndpointRow,
  {
    kind,
    failing,
    change,
    reason,
  }: { kind: Kind; failing: Failing; change: EndpointChange; reason?: string },
): Promise<void> {
  const { store, clock, eventsWritten, log } = gateway;
  const pending = await store.pendingDeliveries(endpoint.id);
  const since = timestamp(wallTimeOf(clock, failing.since));
  const report = { id: endpoint.id, since, last_error: failing.lastError, pending };
  const event: Omit<Event, "id"> = {
    type: kind,
    timestamp: timestamp(clock.now()),
    endpoint: report,
    ...(reason !== undefined && { reason }),
  };
  await store.reportEndpoint(endpoint.id, change, event);
  eventsWritten.raise();
  log.warn(
    { endpoint: endpoint.id, kind, since, pending, error: failing.lastError },
    "an endpoint fares otherwise",
  );
}

export const disabledBecause: Record<DisabledReason, string> = {
  gone: "It answered 410. What waited is dead; enable it and replay what it is still to get.",
  failing: "It failed for 14 days. What waited is dead; enable it and replay what it is still to get.",
};
