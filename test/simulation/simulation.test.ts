import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Outcome, Simulation } from "./simulate.ts";

/**
 * `ANTIPHON_SIM_SEEDS` runs so many seeds, `ANTIPHON_SIM_SEED` begins there and, alone, runs this one with its whole
 * trace.
 */
const wish = process.env.ANTIPHON_SIM_SEED;
const first = Number(wish ?? 1);
const seeds = Number(process.env.ANTIPHON_SIM_SEEDS ?? (wish === undefined ? 150 : 1));
const told = 60;

let simulation: Simulation;
before(async () => {
  simulation = await Simulation.open();
});
after(() => simulation[Symbol.dispose]());

test(`${seeds} seeds from ${first}: nothing is lost, doubled, reordered, hurried or forgotten through crashes, faults and set clocks`, async (t) => {
  const begun = performance.now();
  const sum = { messages: 0, calls: 0, lives: 0, hours: 0 };
  for (let seed = first; seed < first + seeds; seed++) {
    const outcome = await simulation.run(seed);
    assert.ok(outcome.violations.length === 0, report(outcome));
    for (const key of Object.keys(sum) as (keyof typeof sum)[]) sum[key] += outcome.figures[key];
    if (wish !== undefined && seeds === 1) t.diagnostic(trace(outcome));
  }
  const perMinute = Math.round((seeds * 60_000) / (performance.now() - begun));
  const { user, system } = process.cpuUsage();
  const ofCore = Math.round((seeds * 60e6) / (user + system));
  t.diagnostic(
    `${perMinute} seeds a minute (${ofCore} a minute of one core): ${sum.messages} messages, ${sum.calls} calls taken, ` +
      `${sum.lives - seeds} crashes, ${Math.round(sum.hours)} hours of simulated time`,
  );
});

test("a seed repeats its run line by line", async () => {
  for (const seed of [first, first + 1, first + 2]) {
    const [once, again] = [await simulation.run(seed), await simulation.run(seed)];
    assert.ok(once.lines.length > 0);
    assert.deepEqual(again.lines, once.lines);
    assert.equal(again.hash, once.hash);
  }
  const [one, other] = [await simulation.run(first), await simulation.run(first + 1)];
  assert.notEqual(one.hash, other.hash);
});

function report(outcome: Outcome): string {
  const [{ invariant, detail } = { invariant: "", detail: "" }] = outcome.violations;
  const again = `ANTIPHON_SIM_SEED=${outcome.seed} node --test test/simulation/simulation.test.ts`;
  return `seed ${outcome.seed}: ${invariant}: ${detail}\n${trace(outcome)}\nThe same again, whole: ${again}`;
}

/** The end of it, or all where one seed was asked for. */
function trace({ lines, hash, seed }: Outcome): string {
  const shown = wish === undefined ? lines.slice(-told) : lines;
  return [`trace ${hash} of seed ${seed}, ${lines.length} lines, ms of simulated time first:`, ...shown].join(
    "\n",
  );
}
