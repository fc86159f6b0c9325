import { writeFileSync } from "node:fs";
import type { Benchmark, Form, Result } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { commit, machine } from "./machine.ts";
import { resultFile, section, writeReadme } from "./table.ts";

const tell = (line: string) => void process.stderr.write(`${line}\n`);
const say = (text: string) => void process.stdout.write(`${text}\n`);

const usage = `usage: npm run bench -- [--short] [--write] [--prepare] [NAME]…
NAME: ${benchmarks.map(({ name }) => name).join(", ")}; all where none is named.
--short  seconds instead of minutes; shows that it works, and writes no result
--prepare  makes what takes minutes to make and is used again (growth's ten million rows), and measures nothing
--write  writes the README's figures from bench/results, after what was run`;

/** Runs one benchmark and gives its result. */
export async function resultOfRun(benchmark: Benchmark, form: Form): Promise<Result> {
  const about = { commit: commit(), machine: machine() };
  const { setting, rounds } = await benchmark.run(form, tell);
  return { name: benchmark.name, form, takenAt: new Date().toISOString(), ...about, setting, rounds };
}

async function main(args: readonly string[]): Promise<number> {
  const names = args.filter((arg) => !arg.startsWith("--"));
  const flags = new Set(args.filter((arg) => arg.startsWith("--")));
  const isKnown = (flag: string) => ["--short", "--write", "--prepare"].includes(flag);
  const known = new Map(benchmarks.map((benchmark) => [benchmark.name, benchmark]));
  if (![...flags].every(isKnown) || !names.every((name) => known.has(name))) {
    tell(usage);
    return 2;
  }
  // `--write` alone runs nothing: the results are there.
  const isWritingAlone = flags.has("--write") && names.length === 0;
  const wanted = isWritingAlone ? [] : names.length > 0 ? names.map((name) => known.get(name)!) : benchmarks;
  if (flags.has("--prepare")) {
    for (const benchmark of names.length > 0 ? wanted : benchmarks) await benchmark.prepare?.(tell);
    return 0;
  }
  for (const benchmark of wanted) {
    const form: Form = flags.has("--short") ? "short" : "full";
    const result = await resultOfRun(benchmark, form);
    if (form === "full") writeFileSync(resultFile(benchmark.name), `${JSON.stringify(result, null, 1)}\n`);
    say(`${section(benchmark, result)}\n`);
  }
  if (flags.has("--write")) writeReadme();
  return 0;
}

process.exitCode = await main(process.argv.slice(2));
