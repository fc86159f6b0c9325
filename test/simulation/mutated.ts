import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutants.ts";

export const root = join(import.meta.dirname, "..", "..");

/** The file with the mistake in it, or a sentence where the sources have changed so that it no longer fits. */
export function mutated({ name, file, find, replace }: Mutant): { source: string } | { misfit: string } {
  const parts = readFileSync(join(root, file), "utf8").split(find);
  if (parts.length === 2) return { source: parts.join(replace) };
  const misfit = `The mutant "${name}" no longer fits: its snippet stands ${parts.length - 1} times in ${file}.`;
  return { misfit: `${misfit} Write it anew in test/simulation/mutants.ts.` };
}
