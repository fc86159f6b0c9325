import { Chance } from "../fuzz/chance.ts";
import type { Stack } from "../support/stack.ts";
import { Arena } from "./arena.ts";
import { type Accepted, audit, type Figures } from "./audit.ts";
import { Load } from "./load.ts";
import { forgetWhatLeft } from "./naive.ts";
import type { Plan, Tried } from "./plan.ts";
import type { Shape } from "./shape.ts";

/** The longest that a gateway is let live once it is ready. */
const longestLifeMs = 1_000;
/** One kill in so many is followed by another within the start. */
const startsKilled = 8;
const longestStartMs = 900;
const lastWordSeconds = 120;
const resolution = 2 ** 20;

export interface Outcome {
  kills: number;
  seconds: number;
  figures: Record<Tried, Figures>;
  /** How many messages were written in each shape. */
  shapes: Record<Shape, number>;
  /** How many calls each fault has struck. */
  struck: Record<string, number>;
}

/** What is asked when the load is over. */
export interface Judged {
  told(): Map<string, string>;
  taken(): Promise<string[]>;
  gateway(): Promise<Pick<Stack, "call">>;
}

interface Killing {
  chance: Chance;
  isNaive: boolean;
  stopping: AbortController;
}

/** Load, kills and the audit. `isNaive`: the control, which must be seen to duplicate. */
export async function ordeal(plan: Plan, isNaive: boolean): Promise<Outcome> {
  await using arena = await Arena.open(plan);
  const chance = new Chance(plan.seed);
  const random = () => chance.int(resolution) / resolution;
  const load = new Load(arena, plan, random);
  const stopping = new AbortController();
  await load.begin();
  const startedAt = performance.now();
  const loading = load.run(stopping.signal);
  const killing = killAtRandom(arena, plan, { chance: new Chance(plan.seed + 1), isNaive, stopping });
  // Whichever fails ends the other: no process of this run outlives it.
  loading.catch(() => stopping.abort());
  const kills = await killing.finally(() => stopping.abort());
  await loading;
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const written = (shape: Shape) => load.accepted.filter((message) => message.shape === shape).length;
  return {
    kills,
    seconds,
    figures: await judge(arena, load.accepted, plan.drainSeconds),
    shapes: { steady: written("steady"), bursts: written("bursts"), long: written("long") },
    struck: await arena.struck(),
  };
}

async function killAtRandom(
  arena: Arena,
  plan: Plan,
  { chance, isNaive, stopping }: Killing,
): Promise<number> {
  const until = performance.now() + plan.seconds * 1000;
  const meanwhile = isNaive ? () => forgetWhatLeft(arena.dataDir) : () => {};
  let kills = 0;
  while (!stopping.signal.aborted && (kills < plan.kills || performance.now() < until)) {
    await arena.gateway();
    await pass(chance.int(longestLifeMs));
    const isTwice = chance.once(startsKilled);
    await arena.kill(meanwhile, isTwice ? chance.int(longestStartMs) : undefined);
    kills += isTwice ? 2 : 1;
  }
  return kills;
}

/** Waits until the customer was told of the end of every message, or the time is over. */
async function drained(
  arena: Pick<Judged, "told">,
  accepted: readonly Accepted[],
  seconds: number,
): Promise<void> {
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    const told = arena.told();
    if (accepted.every(({ id }) => told.has(id))) return;
    await pass(500);
  }
}

/** Waits for the ends. One that the gateway knows and has not told yet gets its time; what is under way is counted as open. */
export async function judge(
  arena: Judged,
  accepted: readonly Accepted[],
  drainSeconds: number,
): Promise<Outcome["figures"]> {
  await drained(arena, accepted, drainSeconds);
  const gateway = await arena.gateway();
  const told = arena.told();
  const open = new Set<string>();
  for (const { id } of accepted) {
    if (told.has(id)) continue;
    const { json } = await gateway.call("GET", `/v1/messages/${id}`);
    if (json.status === "accepted" || json.status === "sending") open.add(id);
  }
  const ended = accepted.filter(({ id }) => !open.has(id));
  await drained(arena, ended, lastWordSeconds);
  return audit({ accepted, taken: await arena.taken(), told: arena.told(), open });
}

const pass = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
