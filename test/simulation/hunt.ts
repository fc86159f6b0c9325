import type { Violation } from "./chronicle.ts";
import { Simulation } from "./simulate.ts";

/** What caught a mistake, and after how many seeds. */
export type Catch = Violation & { seed: number; seeds: number };

/** Runs seeds until one finds something wrong. */
export async function hunt(first: number, most: number): Promise<Catch | undefined> {
  using simulation = await Simulation.open();
  for (let seed = first; seed < first + most; seed++) {
    const [violation] = (await simulation.run(seed)).violations;
    if (violation) return { ...violation, seed, seeds: seed - first + 1 };
  }
  return undefined;
}

if (import.meta.main) {
  const [first = 1, most = 100] = process.argv.slice(2).map(Number);
  const found = `${JSON.stringify((await hunt(first, most)) ?? null)}\n`;
  // What a mistake has left undone is not waited for.
  process.stdout.write(found, () => process.exit());
}
