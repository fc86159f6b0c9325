import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { mutated, root } from "../../simulation/mutated.ts";
import { naivety } from "./naivety.ts";

/** To be loaded before everything else (`node --import`): the gateway of the control, whose sources stay as they are. */
const sources = new Map<string, string>();
for (const mistake of naivety) {
  const read = mutated(mistake);
  if ("misfit" in read) throw new Error(read.misfit);
  sources.set(pathToFileURL(join(root, mistake.file)).href, read.source);
}

registerHooks({
  load(url, context, next) {
    const source = sources.get(url);
    return source === undefined
      ? next(url, context)
      : { format: "module-typescript", source, shortCircuit: true };
  },
});
