import { runNodes } from "./nodes/run.ts";
import { ordeal } from "./ordeal.ts";
import { controlPlan, readPlan } from "./plan.ts";
import { commitNow, report, writeReport } from "./report.ts";
import { blind, broken } from "./verdict.ts";

/**
 * `npm run test:crash -- [--seconds 60] [--kills 0] [--seed 1] [--write]`: load and kills until both are reached, the
 * audit, and the control. Ends with 1 where a promise is broken, or where the control shows no duplicate. `--write`
 * puts the figures into docs/reliability.md. `--nodes 3 [--kills 60]`: the same for three gateways on one PostgreSQL.
 */
const args = process.argv.slice(2);
if (args.includes("--nodes")) await runNodes(args);
else await runOne(readPlan(args));

async function runOne({ plan, write }: ReturnType<typeof readPlan>): Promise<void> {
  const commit = commitNow();
  process.stdout.write(`seed ${plan.seed}: ${plan.seconds} s and ${plan.kills} kills at least\n`);
  // First, because a blind run is not worth its time.
  const control = await ordeal({ ...controlPlan, seed: plan.seed }, true);
  process.stdout.write(`control: ${JSON.stringify(control)}\n`);
  const unseen = blind(control).map((platform) => `${platform}: the control shows no duplicate`);
  const guarded = await ordeal(plan, false);
  const wrongs = [...broken(guarded, { mayBeOpen: false }), ...unseen];
  const given = args.filter((arg) => arg !== "--write").join(" ");
  const command = `npm run test:crash${given && ` -- ${given}`}`;
  const text = report({ command, seed: plan.seed, commit, guarded, control, wrongs });
  process.stdout.write(`${text}\n`);
  if (write) writeReport(text);
  if (wrongs.length > 0) process.exitCode = 1;
}
