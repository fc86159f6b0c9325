import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Benchmark, type Result, ratios } from "../bench/benchmark.ts";
import { benchmarks } from "../bench/benchmarks.ts";
import type { Shown, Subject } from "../bench/load/load.ts";
import { saturation } from "../bench/load/saturation.ts";
import { isSteady, steadySeconds } from "../bench/load/steady.ts";
import { limitsOf } from "../bench/load/turns.ts";
import { bodyText, numberIn } from "../bench/message.ts";
import { latencies, median, summary } from "../bench/statistics.ts";
import { isMet, readmeNow, readmeWithResults, resultOf, section } from "../bench/table.ts";

const one: Benchmark = {
  name: "one",
  title: "One",
  says: "What is measured.",
  figures: [
    { name: "micros", title: "µs", digits: 1 },
    { name: "never", title: "never", digits: 0 },
  ],
  targets: [
    {
      says: "ours is twice as fast",
      values: (rounds) =>
        ratios(rounds, { arm: "theirs", figure: "micros" }, { arm: "ours", figure: "micros" }),
      atLeast: 2,
      unit: "×",
      reason: "Because of the disk.",
    },
  ],
  run: () => assert.fail("is not run"),
};
const result: Result = {
  name: "one",
  form: "full",
  takenAt: "2026-11-22T09:00:00.000Z",
  commit: "abc",
  machine: {
    cpu: "CPU",
    cores: 2,
    memoryGb: 8,
    kernel: "6",
    node: "v26",
    fileSystem: "ext4",
    fdatasyncsPerSecond: 12_345,
    load: 0.5,
  },
  setting: { ms: 10 },
  rounds: {
    ours: [{ micros: 1 }, { micros: 10 }, { micros: 4 }],
    theirs: [{ micros: 3 }, { micros: 15 }, { micros: 20 }],
  },
};

describe("the benchmark's arithmetic", () => {
  it("takes the middle of an odd number of runs, and between the middle ones of an even number", () => {
    assert.equal(median([9, 1, 5]), 5);
    assert.equal(median([9, 1, 5, 6]), 5.5);
    assert.deepEqual(summary([3, 9, 4]), { median: 4, least: 3, most: 9 });
  });

  it("gives the latency that 99 of 100 requests do not exceed", () => {
    const hundred = Array.from({ length: 100 }, (_, n) => n + 1);
    assert.deepEqual(latencies(hundred.toReversed()), { p50: 50, p99: 99, most: 100 });
  });

  it("compares within a round, never one round with another", () => {
    const values = one.targets[0]!.values(result.rounds);
    assert.deepEqual(values, [3, 1.5, 5]);
    assert.equal(isMet(one.targets[0]!, result), true);
    assert.equal(isMet({ ...one.targets[0]!, atLeast: 3.1 }, result), false);
    assert.equal(isMet({ ...one.targets[0]!, atLeast: undefined, atMost: 2.9 }, result), false);
  });

  it("tells medians, spread, targets, machine and commit, and what falls short with its reason", () => {
    const text = section(one, result);
    assert.match(text, /^\| ours \| \*\*4\.0\*\* \(1\.0–10\.0\) \|$/m);
    assert.match(text, /^\| {2}\| µs \|$/m, "what no arm has is no column");
    assert.match(text, /^- met: ours is twice as fast: 3\.0× \(1\.5–5\.0\); target: at least 2\.0×\.$/m);
    assert.match(
      text,
      /3 rounds of commit abc on 2026-11-22: 2 × CPU, .* 12,345 fdatasync\/s, load 0\.5 before/,
    );
    const slow = { ...result, rounds: { ...result.rounds, theirs: [{ micros: 1 }] } };
    assert.match(section(one, slow), /^- \*\*missed\*\*: ours .*: 1\.0×; .* Because of the disk\.$/m);
  });

  it("finds a message's number again in the bytes of a request", () => {
    const text = JSON.stringify({ text: { body: bodyText(1_234_567) } });
    assert.equal(numberIn(Buffer.from(text)), 1_234_567);
    assert.equal(numberIn(Buffer.from("{}")), -1);
  });
});

/** Brings through so many a second, whatever is offered. */
function subjectOf(capacity: number) {
  const offered: number[] = [];
  const run = async (_: Subject, wish: { perSecond: number }) => {
    offered.push(wish.perSecond);
    return {
      offered: wish.perSecond,
      perSecond: Math.min(capacity, wish.perSecond),
      refused: 0,
    } as unknown as Shown;
  };
  return { offered, bench: { run } };
}

describe("the search for saturation", () => {
  it("does not take what is late by as much each time for what falls behind", () => {
    const run = { startedAt: 1_000, seconds: 2 };
    const late = (ms: number) => Array.from({ length: 200 }, (_, n) => 1_000 + n * 10 + ms);
    const steady = (times: number[]) => times.filter((at) => isSteady(at, run)).length;
    assert.equal(steady(late(1)), steady(late(300)));
    assert.equal(steady(late(1)), 100 * steadySeconds(2));
    assert.ok(steady(Array.from({ length: 200 }, (_, n) => 1_000 + n * 12)) < 0.95 * 150);
  });

  const search = { factor: 1.15, near: 1.16, seconds: 2, mostSteps: 14 };
  const nobody = {} as Subject;

  for (const from of [200, 2_000, 20_000])
    it(`ends at what a subject can do, begun at ${from}/s`, async () => {
      const { bench } = subjectOf(1_973);
      const { most, kept, behind } = await saturation(bench, nobody, { ...search, from });
      assert.equal(most.perSecond, 1_973);
      assert.ok(kept!.offered <= 1_973 / 0.95 && behind!.offered > 1_973);
      assert.ok(behind!.offered / kept!.offered <= search.near);
    });

  it("does not take the last of its steps for a limit", async () => {
    const { bench, offered } = subjectOf(1e9);
    const { behind } = await saturation(bench, nobody, { ...search, from: 800, mostSteps: 5 });
    assert.equal(behind, undefined);
    assert.equal(offered.length, 5);
  });

  it("is told of in the table where it found none, or where the generator was the limit", () => {
    const round = { kept: 900, behind: 1_000, subjectCpu: 0.9, generatorCpu: 0.2, outsideCpu: 0.1 };
    const notes = (more: object) =>
      limitsOf({ rounds: { one: [{ ...round, ...more }] }, machine: result.machine });
    assert.deepEqual(notes({}), []);
    assert.match(notes({ behind: 0 })[0]!, /ended before/);
    assert.match(notes({ generatorCpu: 0.97 })[0]!, /the generator was the limit/);
    assert.match(notes({ databaseCpu: 0.8 })[0]!, /0\.30 of the machine's 2 cores/);
  });
});

describe("the README's figures", () => {
  it("are what bench/results says, to the letter", () => {
    assert.equal(readmeNow(), readmeWithResults(readmeNow()));
  });

  for (const { name } of benchmarks)
    it(`of ${name} are of the whole form`, (t) => {
      const measured = resultOf(name);
      if (!measured) return t.diagnostic(`${name} has not been measured`);
      assert.equal(measured.name, name);
      assert.equal(measured.form, "full");
    });
});
