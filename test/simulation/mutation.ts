import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutants } from "./mutants.ts";
import { mutated, root } from "./mutated.ts";

/**
 * To be loaded before everything else (`node --import`): the sources are read with the mistake that `ANTIPHON_MUTANT`
 * names, and stay as they are.
 */
const mutant = mutants.find(({ name }) => name === process.env.ANTIPHON_MUTANT);
if (!mutant) throw new Error(`There is no mutant ${JSON.stringify(process.env.ANTIPHON_MUTANT)}.`);
const read = mutated(mutant);
if ("misfit" in read) throw new Error(read.misfit);
const { source } = read;
const place = pathToFileURL(join(root, mutant.file)).href;

registerHooks({
  load(url, context, next) {
    return url === place ? { format: "module-typescript", source, shortCircuit: true } : next(url, context);
  },
});
