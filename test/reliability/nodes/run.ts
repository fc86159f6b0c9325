import { loadavg } from "node:os";
import { commitNow, machine, writeReport } from "../report.ts";
import { nodesOrdeal } from "./ordeal.ts";
import { controlNodesPlan, readNodesPlan } from "./plan.ts";
import { keepRun, nodesMarks, nodesReport } from "./report.ts";
import { blindToNodes, brokenByNodes } from "./verdict.ts";

/**
 * `npm run test:crash -- --nodes 3 [--kills 60] [--seed 1] [--write] [--keep FOLDER]`: rounds of blows until so many nodes
 * were killed, the audit, and the control. Ends with 1 where a promise is broken, or where the control shows no duplicate.
 * `--write` puts the figures into docs/reliability.md, `--keep` what they came from into a folder.
 */
export async function runNodes(args: string[]): Promise<void> {
  const { plan, command, write, keep } = readNodesPlan(args);
  const commit = commitNow();
  const load = Math.round(loadavg()[0]!);
  process.stdout.write(`seed ${plan.seed}: ${plan.rounds} rounds\n`);
  // First, because a blind run is not worth its time.
  const control = await nodesOrdeal({ ...controlNodesPlan, seed: plan.seed }, { isNaive: true });
  process.stdout.write(`control: ${JSON.stringify(control)}\n`);
  const guarded = await nodesOrdeal(plan, { keep });
  const wrongs = [...brokenByNodes(guarded, { mayBeOpen: false }), ...blindToNodes(control)];
  const run = {
    command,
    seed: plan.seed,
    commit,
    at: new Date().toISOString().slice(0, 16).replace("T", " "),
    machine: machine(),
    load,
    guarded,
    control,
    wrongs,
  };
  process.stdout.write(`${nodesReport(run)}\n`);
  if (write) {
    keepRun(run);
    writeReport(nodesReport(run), nodesMarks);
  }
  if (wrongs.length > 0) process.exitCode = 1;
}
