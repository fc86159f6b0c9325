import { quantile } from "../../support/quantile.ts";
import type { TakenCall } from "../taken.ts";
import type { Blow, Struck, Struggle } from "./blows.ts";

/** Before so much has passed since a blow nobody else may send: what comes until then had left the struck node. */
const stillItsMs = 2_000;
/** A channel that sent nothing for so long before a blow tells nothing of how long it stood still by it. */
const busyMs = 1_500;

/**
 * How long a channel stood still: from the blow, or from the last call of the node that was struck where that came later,
 * to the first call of the one after it.
 */
export interface Failover {
  blow: Blow;
  /** When that was, and the account's own id. */
  at: number;
  channel: string;
  /** PostgreSQL was killed before it was over, or who took over was struck in a later round. */
  isAmid: boolean;
  ms: number;
}

/** `channels`: by the gateway's id the account's own, by which the platforms' log tells them. */
export function failovers(
  struggle: Struggle,
  { calls, channels }: { calls: readonly TakenCall[]; channels: ReadonlyMap<string, string> },
): Failover[] {
  const byChannel = Map.groupBy(calls, ({ channel }) => channel);
  return struggle.struck.flatMap((one) => {
    const { blow, at } = one;
    return one.channels.flatMap((id) => {
      const channel = channels.get(id) ?? "";
      const times = (byChannel.get(channel) ?? []).map((call) => call.at);
      const last = times.findLast((time) => time <= at + stillItsMs);
      const first = times.find((time) => time > at + stillItsMs);
      if (last === undefined || first === undefined || last < at - busyMs) return [];
      return [{ blow, at, channel, isAmid: isAmid(struggle, one, first), ms: first - Math.max(at, last) }];
    });
  });
}

function isAmid({ struck, outages }: Struggle, { at, round }: Struck, until: number): boolean {
  const isStruck = struck.some((other) => other.round > round && other.at < until);
  return isStruck || outages.some((outage) => outage.until > at && outage.at < until);
}

/** How long all channels together sent nothing when PostgreSQL was killed, counted from when it could be asked again. */
export function recoveries({ outages }: Struggle, calls: readonly TakenCall[]): number[] {
  const times = calls.map(({ at }) => at);
  return outages.flatMap(({ until }) => {
    const first = times.find((time) => time > until);
    return first === undefined ? [] : [first - until];
  });
}

export interface Spread {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(quantile(sorted, share));
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: Math.round(sorted.at(-1) ?? 0) };
}
