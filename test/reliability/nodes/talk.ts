import { setTimeout as rest } from "node:timers/promises";
import type { Chance } from "../../fuzz/chance.ts";
import type { Cluster } from "./cluster.ts";

/** People who write all the while; gives what the platforms have taken from them, by conversation in its order. */
export async function talk(
  cluster: Cluster,
  { perSecond, chance, stopped }: { perSecond: number; chance: Chance; stopped: AbortSignal },
): Promise<string[]> {
  const said: string[] = [];
  while (!stopped.aborted) {
    await rest(chance.int(2_000 / perSecond), undefined, { signal: stopped }).catch(() => undefined);
    const person = cluster.people[chance.int(cluster.people.length)]!;
    const text = `said ${said.length + 1}`;
    const { status } = await cluster.simulator.act(person, { act: "say", text });
    if (status === 200) said.push(text);
  }
  return said;
}
