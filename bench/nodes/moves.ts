import type { Measured } from "../benchmark.ts";
import type { LoadBench, Trace, Wish } from "../load/load.ts";
import { nowMs } from "../load/now.ts";
import { contact } from "../message.ts";
import { latencies } from "../statistics.ts";
import type { Cluster, Owners } from "./cluster.ts";

/** What moved, from when it was asked for until all was where it belongs. */
interface Move {
  from: number;
  until: number;
  channels: ReadonlySet<string>;
}

/** A moved channel's silence may begin just before and end just after. */
const aroundMs = 1_000;
const calmMs = 1_500;
/** The load ends before. */
const mostSeconds = 60;

/** What those who send see before a gateway joins, while it does, and while it leaves. */
export type Moves = Record<"calm" | "join" | "leave", Measured>;

/** A gateway joins under load and leaves again, from the start of its process, or its end, until all is where it belongs. */
export async function moves(bench: LoadBench, cluster: Cluster, perSecond: number): Promise<Moves> {
  const wish: Wish = { perSecond, seconds: mostSeconds };
  const began = nowMs();
  let [calm, join, leave]: Move[] = [];
  const trace = await bench.traced(cluster.subject, wish, async () => {
    await pause(calmMs);
    calm = { from: began, until: nowMs(), channels: new Set() };
    join = await move(cluster, () => cluster.join());
    await pause(calmMs);
    leave = await move(cluster, () => cluster.leave());
    await pause(aroundMs);
  });
  const arrivals = arrivalsOf(trace, wish, cluster);
  const missing = arrivals.filter(({ at }) => at === 0).length;
  const whole = { refused: trace.told.sent - trace.told.taken, missing };
  const of = (one: Move | undefined): Measured => ({ ...figuresOf(one!, arrivals), ...whole });
  return { calm: of(calm), join: of(join), leave: of(leave) };
}

async function move(cluster: Cluster, change: () => Promise<void>): Promise<Move> {
  const [from, before] = [nowMs(), await cluster.owners()];
  await change();
  const after = await cluster.spread();
  return { from, until: nowMs(), channels: changed(before, after) };
}

function changed(before: Owners, after: Owners): Set<string> {
  return new Set([...after].filter(([id, node]) => before.get(id) !== node).map(([id]) => id));
}

interface Arrival {
  channel: string;
  dueAt: number;
  /** 0: never. */
  at: number;
}

/** In the order in which they were to leave. */
function arrivalsOf({ first, told, arrived }: Trace, { perSecond }: Wish, { accounts }: Cluster): Arrival[] {
  return [...arrived.arrivals.subarray(0, told.sent)].map((at, n) => {
    const { channelId } = accounts[Number(contact(first + n)) % accounts.length]!;
    return { channel: channelId, dueAt: told.startedAt + (n * 1000) / perSecond, at };
  });
}

function figuresOf({ from, until, channels }: Move, arrivals: readonly Arrival[]): Measured {
  const seen = arrivals.filter(({ at }) => at >= from && at < until);
  const due = arrivals.filter(({ at, dueAt }) => at > 0 && dueAt >= from && dueAt < until);
  const { p50, p99 } = latencies(due.map(({ at, dueAt }) => at - dueAt));
  const figures = { perSecond: seen.length / ((until - from) / 1000), arriveP50: p50, arriveP99: p99 };
  if (channels.size === 0) return figures;
  const silences = latencies([...channels].map((channel) => silenceOf(channel, { from, until }, arrivals)));
  return { ...figures, moved: channels.size, silent: silences.p50, longest: silences.most };
}

/** The longest time without a send of a channel around its move, in ms. */
function silenceOf(
  channel: string,
  { from, until }: Pick<Move, "from" | "until">,
  arrivals: readonly Arrival[],
): number {
  const times = arrivals
    .filter((one) => one.channel === channel && one.at > from - aroundMs && one.at < until + aroundMs)
    .map(({ at }) => at)
    .sort((a, b) => a - b);
  return times.reduce((longest, at, n) => Math.max(longest, n === 0 ? 0 : at - times[n - 1]!), 0);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
