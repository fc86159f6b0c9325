import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Catch } from "./hunt.ts";
import { type Mutant, mutants } from "./mutants.ts";

const here = import.meta.dirname;

/** Whether the simulation catches each mistake, within so many seeds. */
export async function trials(most: number, atATime = 2): Promise<{ mutant: Mutant; caught: Catch | null }[]> {
  const results: { mutant: Mutant; caught: Catch | null }[] = [];
  const waiting = [...mutants.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, mutant] = next;
      results[index] = { mutant, caught: await trial(mutant, 1, most) };
      if (process.env.PROGRESS)
        console.error(mutant.name, JSON.stringify(results[index].caught)?.slice(0, 220));
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  return results;
}

/** What of the simulation catches a mistake, within so many seeds. */
export async function trial({ name }: Mutant, first: number, most: number): Promise<Catch | null> {
  const hunting = [join(here, "hunt.ts"), String(first), String(most)];
  const env = { ...process.env, ANTIPHON_MUTANT: name };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--import", join(here, "mutation.ts"), ...hunting],
    { env },
  );
  return JSON.parse(stdout) as Catch | null;
}

/** `mutant | caught by | seed`, for people and for docs/reliability.md. */
export function table(results: Awaited<ReturnType<typeof trials>>): string {
  const lines = results.map(({ mutant, caught }) => {
    const by = caught ? `${caught.invariant} | ${caught.seed}` : "nothing |";
    return `| ${mutant.name} | ${by} |`;
  });
  return ["| mutant | caught by | seed |", "| --- | --- | ---: |", ...lines].join("\n");
}

if (import.meta.main) {
  const results = await trials(Number(process.env.ANTIPHON_SIM_SEEDS ?? 300));
  process.stdout.write(`${table(results)}\n`);
  process.exitCode = results.every(({ caught }) => caught) ? 0 : 1;
}
