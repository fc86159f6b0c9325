import { setTimeout as rest } from "node:timers/promises";
import { Chance } from "../../fuzz/chance.ts";
import { eventually as soon } from "../../support/eventually.ts";
import type { Cluster } from "./cluster.ts";
import type { GatewayNode } from "./gateway-node.ts";

/** What ends a node's life among the others: its process is killed, stopped, or hears nothing of PostgreSQL any more. */
export const blows = ["kill", "stop", "silence"] as const;
export type Blow = (typeof blows)[number];

/** Two of the three are struck in each round, in turn. */
const pairs: readonly [Blow, Blow][] = [
  ["kill", "stop"],
  ["silence", "kill"],
  ["stop", "silence"],
];
const betweenBlowsMs = 600;
const beforeRoundMs = 1_000;
const resetEveryMs = 2_500;
/** One round in so many has PostgreSQL killed while others take over, and not after. */
const amidOneIn = 3;
/** Within it the others find that a node has ended, by its beats. */
const leaseMs = 5_000;
/** How long those that took over are left alone in the other rounds: what they do first is seen by itself. */
const aloneMs = 2_000;

/** A node that was struck, and what it worked for. */
export interface Struck {
  blow: Blow;
  at: number;
  /** The channels' ids in the gateway. */
  channels: string[];
  /** In which of the rounds. */
  round: number;
}

export interface Struggle {
  struck: Struck[];
  /** When PostgreSQL was killed, and when it could be asked again. */
  outages: { at: number; until: number }[];
  /** Connections that were reset: between nodes and PostgreSQL, and of clients. */
  resets: { database: number; clients: number };
}

/** As long as a crowded machine may take over what others lose within seconds. */
const withinMs = 180_000;

interface Victim {
  node: GatewayNode;
  id: string | undefined;
  struck: Struck;
}

/** So many rounds of blows, at moments that the seed draws. */
export async function struggle(
  cluster: Cluster,
  { rounds, seed, stopped }: { rounds: number; seed: number; stopped: AbortSignal },
): Promise<Struggle> {
  const chance = new Chance(seed);
  // Of its own, so that what goes on beside the rounds does not change what they draw.
  const asideChance = new Chance(seed + 1);
  const told: Struggle = { struck: [], outages: [], resets: { database: 0, clients: 0 } };
  const over = new AbortController();
  const resetting = cutAtRandom(cluster, { chance: asideChance, stopped: over.signal, told });
  try {
    await eventually("owners of everything", async () => (await isOwned(cluster)) || undefined);
    for (let round = 0; round < rounds && !stopped.aborted; round++)
      await runRound(cluster, { round, chance, told });
  } finally {
    over.abort();
    await resetting;
  }
  return told;
}

async function runRound(
  cluster: Cluster,
  { round, chance, told }: { round: number; chance: Chance; told: Struggle },
): Promise<void> {
  await rest(chance.int(beforeRoundMs));
  const first = chance.int(cluster.nodes.length);
  const victims: Victim[] = [];
  for (const [index, blow] of pairs[round % pairs.length]!.entries()) {
    if (index > 0) await rest(chance.int(betweenBlowsMs));
    const node = cluster.nodes[(first + index) % cluster.nodes.length]!;
    victims.push(await strike(cluster, node, { blow, round }));
  }
  told.struck.push(...victims.map(({ struck }) => struck));
  const isAmid = chance.once(amidOneIn);
  if (isAmid) {
    await rest(chance.int(leaseMs));
    await killPostgres(cluster, { told, chance });
  }
  const ids = victims.flatMap(({ id }) => id ?? []);
  await eventually("new owners", async () => (await isOwned(cluster, ids)) || undefined);
  if (!isAmid) await rest(aloneMs);
  await Promise.all(victims.map(({ node, struck }) => recover(node, struck.blow)));
  await eventually("three gateways that are ready", () => areReady(cluster));
  await killPostgres(cluster, { told, chance });
  await eventually("three gateways that are ready", () => areReady(cluster));
  await eventually("owners of everything", async () => (await isOwned(cluster)) || undefined);
}

async function strike(
  cluster: Cluster,
  node: GatewayNode,
  { blow, round }: Pick<Struck, "blow" | "round">,
): Promise<Victim> {
  const { id } = node;
  const names = id === undefined ? [] : await cluster.ownedBy(id);
  const channels = names.flatMap((name) =>
    name.startsWith("channel ") ? name.slice("channel ".length) : [],
  );
  const struck = { blow, at: Date.now(), channels, round };
  if (blow === "kill") await node.kill();
  else if (blow === "stop") node.pause();
  else node.toDatabase.fallSilent();
  return { node, id, struck };
}

async function recover(node: GatewayNode, blow: Blow): Promise<void> {
  if (blow === "kill") await node.start();
  else if (blow === "stop") node.goOn();
  else node.toDatabase.mend();
}

async function killPostgres(
  cluster: Cluster,
  { told, chance }: { told: Struggle; chance: Chance },
): Promise<void> {
  const at = Date.now();
  await cluster.server.kill();
  await rest(chance.int(beforeRoundMs));
  await cluster.server.start();
  told.outages.push({ at, until: Date.now() });
}

/** Resets what stands between a node and PostgreSQL, or of a node's clients, now and then all the time. */
async function cutAtRandom(
  cluster: Cluster,
  { chance, stopped, told }: { chance: Chance; stopped: AbortSignal; told: Struggle },
): Promise<void> {
  while (!stopped.aborted) {
    await rest(chance.int(resetEveryMs), undefined, { signal: stopped }).catch(() => undefined);
    const node = cluster.nodes[chance.int(cluster.nodes.length)]!;
    if (chance.int(2) === 0) told.resets.database += node.toDatabase.reset();
    else told.resets.clients += node.ofClients.reset();
  }
}

/** Every channel and endpoint is worked for, and by none of these. */
async function isOwned(cluster: Cluster, except: readonly string[] = []): Promise<boolean> {
  return (await cluster.withoutOwner(except).catch(() => undefined)) === 0;
}

/** One that has ended by itself, because PostgreSQL was away for too long, is started again. */
async function areReady(cluster: Cluster): Promise<true | undefined> {
  for (const node of cluster.nodes) {
    if (node.hasEnded) await node.start();
    if (!(await node.isReady())) return undefined;
  }
  return true;
}

function eventually(what: string, ask: () => Promise<true | undefined>): Promise<true> {
  return soon(what, ask, withinMs);
}
