import { join } from "node:path";
import { Chance } from "../../fuzz/chance.ts";
import { eventually } from "../../support/eventually.ts";
import type { Figures } from "../audit.ts";
import { Load } from "../load.ts";
import { judge } from "../ordeal.ts";
import type { Tried } from "../plan.ts";
import { callsTaken } from "../taken.ts";
import { type Blow, blows, type Struggle, struggle } from "./blows.ts";
import { Cluster } from "./cluster.ts";
import { type Failover, failovers, recoveries, type Spread, spread } from "./failovers.ts";
import { type Notices, noticesOf, type Stored } from "./notices.ts";
import type { NodesPlan } from "./plan.ts";
import { talk } from "./talk.ts";
import { keepLogs, keepTraces } from "./traces.ts";

const naive = join(import.meta.dirname, "naive.ts");
/** The longest that a delivery may wait for its next try once the rest is over. */
const lastNoticeMs = 120_000;

export interface NodesOutcome {
  seconds: number;
  /** How often a node was struck so, and by what else. */
  blows: Record<Blow, number>;
  outages: number;
  resets: Struggle["resets"];
  /** What clients had to ask again, by what came instead. */
  again: Record<string, number>;
  /** Webhooks that some node has taken. */
  webhooks: number;
  figures: Record<Tried, Figures>;
  notices: Notices;
  /** Webhooks of which nothing was told, since they were taken for what ends the process. */
  aside: number;
  /** With nothing else in the way, and with another blow before its end; in ms. */
  failover: Spread;
  failoverByBlow: Record<Blow, Spread>;
  failoverAmid: Spread;
  /** From PostgreSQL's return to the first call that left. */
  recovery: Spread;
  struck: Record<string, number>;
}

/** Three nodes under load, blows, and the audit. `isNaive`: the control, which must be seen to duplicate. `keep`: the folder for its traces. */
export async function nodesOrdeal(
  plan: NodesPlan,
  { isNaive = false, keep }: { isNaive?: boolean; keep?: string | undefined } = {},
): Promise<NodesOutcome> {
  const edition = isNaive ? { nodeArgs: ["--import", naive] } : {};
  await using cluster = await Cluster.open(plan, { editions: [edition, edition, edition] });
  try {
    return await ordealOf(cluster, plan, keep);
  } finally {
    if (keep !== undefined) keepLogs(keep, cluster);
  }
}

async function ordealOf(cluster: Cluster, plan: NodesPlan, keep: string | undefined): Promise<NodesOutcome> {
  const random = new Chance(plan.seed);
  const load = new Load(cluster, plan, () => random.fraction());
  const stopping = new AbortController();
  const stopped = stopping.signal;
  await load.begin();
  const startedAt = performance.now();
  const loading = load.run(stopped);
  const talking = talk(cluster, {
    perSecond: plan.inboundPerSecond,
    chance: new Chance(plan.seed + 1),
    stopped,
  });
  // Whichever fails ends the others: no process of this run outlives it.
  for (const part of [loading, talking]) part.catch(() => stopping.abort());
  const struggling = struggle(cluster, { rounds: plan.rounds, seed: plan.seed + 2, stopped });
  const struggled = await struggling.finally(() => stopping.abort());
  await loading;
  const said = await talking;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const figures = await judge(cluster, load.accepted, plan.drainSeconds);
  const notices = await settledNotices(cluster, said, plan.drainSeconds * 1000 + lastNoticeMs);
  if (keep !== undefined) await keepTraces(keep, cluster, struggled);
  return { seconds, figures, notices, ...(await seenBetween(cluster, struggled)) };
}

/** What came between the nodes, and how long nothing left for it. */
async function seenBetween(
  cluster: Cluster,
  struggled: Struggle,
): Promise<Omit<NodesOutcome, "seconds" | "figures" | "notices">> {
  const calls = await callsTaken(cluster.simulator);
  const times = failovers(struggled, { calls, channels: await cluster.channels() });
  const clean = times.filter(({ isAmid }) => !isAmid);
  const each = <Value>(of: (blow: Blow) => Value) =>
    Object.fromEntries(blows.map((blow) => [blow, of(blow)])) as Record<Blow, Value>;
  const ms = (some: readonly Failover[]) => spread(some.map((one) => one.ms));
  return {
    blows: each((blow) => struggled.struck.filter((one) => one.blow === blow).length),
    outages: struggled.outages.length,
    resets: struggled.resets,
    again: cluster.clients.again,
    webhooks: cluster.webhooks,
    aside: cluster.aside,
    failover: ms(clean),
    failoverByBlow: each((blow) => ms(clean.filter((one) => one.blow === blow))),
    failoverAmid: ms(times.filter(({ isAmid }) => isAmid)),
    recovery: spread(recoveries(struggled, calls)),
    struck: await cluster.struck(),
  };
}

/** When the customer was told of all that the gateways have, or the time is over. */
export async function settledNotices(
  cluster: Cluster,
  said: readonly string[],
  withinMs = lastNoticeMs,
): Promise<Notices> {
  const read = async () =>
    noticesOf(cluster.customer.events(), { said, stored: await storedEvents(cluster) });
  const isComplete = ({ unheard, undelivered }: Notices) => unheard + undelivered === 0;
  const settled = eventually(
    "word of everything",
    async () => {
      const notices = await read();
      return isComplete(notices) ? notices : undefined;
    },
    withinMs,
  );
  // What is missing then is what the audit is to show.
  return settled.catch(read);
}

async function storedEvents(cluster: Cluster): Promise<Stored[]> {
  const gateway = await cluster.gateway();
  const events: Stored[] = [];
  for (let cursor = ""; ; ) {
    const { json, text } = await gateway.call("GET", `/v1/events?limit=200${cursor}`);
    if (!json?.data) throw new Error(`The events were answered: ${text}`);
    events.push(...json.data);
    if (json.next_cursor === null) return events.filter(({ type }) => cluster.isWanted(type));
    cursor = `&cursor=${encodeURIComponent(json.next_cursor)}`;
  }
}
