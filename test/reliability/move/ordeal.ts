import { setTimeout as pass } from "node:timers/promises";
import { Chance } from "../../fuzz/chance.ts";
import type { Person } from "../../support/stack.ts";
import { Arena } from "../arena.ts";
import type { Accepted, Figures } from "../audit.ts";
import { judge } from "../ordeal.ts";
import { noFaults, type Plan, shortPlan, type Tried } from "../plan.ts";
import { type Refusals, RetryingClients } from "./clients.ts";
import { typeMove } from "./command.ts";
import { addHistory } from "./history.ts";

/** How a store is moved while clients go on. `seconds`: of load before the gateway is ended, and after its successor is there. */
export interface MovePlan extends Plan {
  signal: "SIGTERM" | "SIGKILL";
  /** Messages that the store holds before. */
  history: number;
}

export interface MoveOutcome {
  figures: Record<Tried, Figures>;
  /** Messages whose id, or whose answer to the same key, is another after the move: the promise is none. */
  otherIds: string[];
  seconds: { load: number; refused: number; move: number; start: number };
  /** What the command's process had resident at most, in MB. */
  megabytes: number;
  refusals: Refusals;
  /** What `npm run move` said. */
  told: string;
}

/** For `npm test`. Few in a conversation: no pace of a platform's may become the load's. */
export const shortMove: Plan = {
  ...shortPlan,
  seconds: 2,
  perSecond: { whatsapp: 10, messenger: 10, instagram: 10, telegram: 10 },
  everySeconds: 1.2,
  faults: noFaults,
};

/** For the command: 200 messages a second in all, and time for each platform to tell of what the kill left ambiguous. */
export const longMove: Plan = {
  ...shortMove,
  seconds: 20,
  perSecond: { whatsapp: 60, messenger: 80, instagram: 40, telegram: 20 },
  everySeconds: 6.2,
  drainSeconds: 200,
};

const askedAtOnce = 16;

/** Load, a move from the file into the database at `url` in the midst of it, and the audit. */
export async function moveUnderLoad(plan: MovePlan, url: string): Promise<MoveOutcome> {
  await using arena = await Arena.open(plan);
  if (plan.history > 0) await addHistory(arena, plan.history);
  const gateway = await arena.gateway();
  const chance = new Chance(plan.seed);
  const clients = new RetryingClients(gateway, plan, () => chance.fraction());
  const [stopping, givingUp] = [new AbortController(), new AbortController()];
  const startedAt = performance.now();
  const writing = clients.write(arena.people, stopping.signal, givingUp.signal);
  // Whichever fails ends the other: told where it is awaited.
  writing.catch(() => stopping.abort());
  try {
    await pass(plan.seconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    const before = clients.accepted.slice();
    const moved = await moveBetween(arena, plan, url);
    await pass(plan.seconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    stopping.abort();
    await writing;
    const load = (performance.now() - startedAt) / 1000;
    const figures = await judge(arena, clients.accepted, plan.drainSeconds);
    const otherIds = await changed(arena, clients, before);
    const { told, megabytes, ...took } = moved;
    const seconds = { load, refused: clients.longestRefusal(), ...took };
    return { figures, otherIds, seconds, megabytes, refusals: clients.refusals, told };
  } finally {
    stopping.abort();
    givingUp.abort();
    await writing.catch(() => undefined);
  }
}

/** Seconds of the move and of the next start. */
async function moveBetween(arena: Arena, { signal }: MovePlan, url: string) {
  let [move, movedAt, megabytes, told] = [0, 0, 0, ""];
  await arena.change(signal, async () => {
    const began = performance.now();
    const typed = await typeMove(arena.dataDir, url);
    if (typed.status !== 0) throw new Error(`npm run move ended with ${typed.status}: ${typed.stderr}`);
    movedAt = performance.now();
    move = (movedAt - began) / 1000;
    ({ megabytes, stdout: told } = typed);
    return { env: { DATABASE_URL: url } };
  });
  return { move, start: (performance.now() - movedAt) / 1000, megabytes, told };
}

/** Those of before the move that are not there by their id any more, or whose key gives another. */
async function changed(arena: Arena, clients: RetryingClients, before: Accepted[]): Promise<string[]> {
  const gateway = await arena.gateway();
  const people = new Map(arena.people.map((person) => [person.id, person]));
  const wrong: string[] = [];
  const left = before.slice();
  const ask = async () => {
    for (let message = left.pop(); message; message = left.pop()) {
      const { json } = await gateway.call("GET", `/v1/messages/${message.id}`);
      const again = await clients.again(message, people.get(message.conversation) as Person);
      if (json?.id !== message.id || again !== message.id)
        wrong.push(`${message.id}: ${json?.id} by its id, ${again} by its key`);
    }
  };
  await Promise.all(Array.from({ length: askedAtOnce }, ask));
  return wrong;
}
