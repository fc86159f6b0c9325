import { parseArgs } from "node:util";
import { ratios } from "./benchmark.ts";
import { type Arm, onPostgres, onSqlite, type Serving } from "./gateway/arms.ts";
import { antiphonInward } from "./inbound/inbound.ts";
import { LoadBench } from "./load/load.ts";
import { median } from "./statistics.ts";

/** What a change costs: the processor's time of a message in each of some working trees, in turns within one run. */
const usage = `usage: npx --no-install node bench/compare.ts [--what gateway|postgres|inbound] [--rate 500] [--seconds 2] [--rounds 10] TREE TREE…
Each TREE is a working tree (git worktree add); each is compared with the first. All run at once, and one at a time is at work.`;

const subjects: Record<string, (bench: LoadBench, more: Serving) => Promise<Arm>> = {
  gateway: onSqlite,
  postgres: onPostgres,
  inbound: antiphonInward,
};

const { values, positionals: trees } = parseArgs({
  allowPositionals: true,
  options: {
    what: { type: "string", default: "gateway" },
    rate: { type: "string", default: "500" },
    seconds: { type: "string", default: "2" },
    rounds: { type: "string", default: "10" },
  },
});

async function compare(start: (typeof subjects)[string]): Promise<void> {
  const wish = { perSecond: Number(values.rate), seconds: Number(values.seconds) };
  const shown: Record<string, { micros: number }[]> = Object.fromEntries(trees.map((tree) => [tree, []]));
  const arms: [string, Arm][] = [];
  await using bench = await LoadBench.open();
  try {
    for (const tree of trees) arms.push([tree, await start(bench, { tree })]);
    // The first two only warm up. Who goes first in a round has the other's work behind it: by turns.
    for (let round = -2; round < Number(values.rounds); round++) {
      for (const [tree, { subject }] of round % 2 === 0 ? arms : arms.toReversed()) {
        const { micros, refused } = await bench.run(subject, wish);
        if (refused > 0) throw new Error(`${tree} refused ${refused}: choose a lower --rate.`);
        if (round >= 0) shown[tree]!.push({ micros });
      }
    }
  } finally {
    for (const [, arm] of arms) await arm.stop();
  }
  for (const tree of trees) {
    const micros = shown[tree]!.map((one) => one.micros);
    const of = (arm: string) => ({ arm, figure: "micros" });
    const beside = ratios(shown, of(tree), of(trees[0]!));
    const spread = `${Math.min(...beside).toFixed(2)}–${Math.max(...beside).toFixed(2)}`;
    process.stdout.write(
      `${median(micros).toFixed(0)} µs of processor each, ${median(beside).toFixed(3)}× (${spread}) the first: ${tree}\n`,
    );
  }
}

const start = subjects[values.what];
if (start && trees.length > 0) await compare(start);
else {
  process.stderr.write(`${usage}\n`);
  process.exitCode = 2;
}
