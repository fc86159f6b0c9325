import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Benchmark, Figure, Result, Target } from "./benchmark.ts";
import { valuesOf } from "./benchmark.ts";
import { benchmarks } from "./benchmarks.ts";
import { median, summary } from "./statistics.ts";

const root = join(import.meta.dirname, "..");
const readme = join(root, "README.md");
export const begin = "<!-- made by npm run bench -- --write -->";
export const end = "<!-- end of what npm run bench made -->";

export function resultFile(name: string): string {
  return join(import.meta.dirname, "results", `${name}.json`);
}

/** Undefined where a benchmark has not been run yet. */
export function resultOf(name: string): Result | undefined {
  try {
    return JSON.parse(readFileSync(resultFile(name), "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const ofNothing =
  "the short form shows that it works, at rates of its own whatever the titles say: its figures mean nothing.";

/** Everything of one result, as the README shows it. */
export function section(benchmark: Benchmark, result: Result): string {
  return [
    `### ${benchmark.title}`,
    benchmark.says,
    table(benchmark.figures, result),
    [
      ...(result.form === "short"
        ? [`- ${ofNothing}`]
        : benchmark.targets.map((target) => targetLine(target, result))),
      ...(benchmark.notes?.(result) ?? []).map((note) => `- ${note}`),
    ].join("\n"),
    source(result),
  ].join("\n\n");
}

function table(figures: readonly Figure[], { rounds }: Result): string {
  const shown = figures.filter(({ name }) =>
    Object.keys(rounds).some((arm) => valuesOf(rounds, arm, name).length > 0),
  );
  const row = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const lines = Object.keys(rounds).map((arm) =>
    row([arm, ...shown.map(({ name, digits }) => cell(valuesOf(rounds, arm, name), digits))]),
  );
  return [
    row(["", ...shown.map(({ title }) => title)]),
    row(["---", ...shown.map(() => "--:")]),
    ...lines,
  ].join("\n");
}

/** The median, and what the runs lie between. */
function cell(values: number[], digits: number): string {
  if (values.length === 0) return "–";
  const { median: middle, least, most } = summary(values);
  if (values.length === 1) return number(middle, digits);
  return `**${number(middle, digits)}** (${number(least, digits)}–${number(most, digits)})`;
}

/** Met by the median of the rounds; undefined where a target only tells a ratio, or nothing was measured of it. */
export function isMet(target: Target, result: Result): boolean | undefined {
  const values = target.values(result.rounds);
  if (values.length === 0 || (target.atLeast === undefined && target.atMost === undefined)) return undefined;
  const value = median(values);
  return value >= (target.atLeast ?? value) && value <= (target.atMost ?? value);
}

function targetLine(target: Target, result: Result): string {
  const values = target.values(result.rounds);
  if (values.length === 0) return `- not measured: ${target.says}`;
  const unit = target.unit === "×" ? "×" : ` ${target.unit}`;
  const { median: middle, least, most } = summary(values);
  const spread = values.length === 1 ? "" : ` (${number(least, 2)}–${number(most, 2)})`;
  const wants = target.atLeast === undefined ? target.atMost : target.atLeast;
  const bound = target.atLeast === undefined ? "at most" : "at least";
  const wish = wants === undefined ? "" : `; target: ${bound} ${number(wants, 2)}${unit}`;
  const verdict = { true: "met: ", false: "**missed**: ", undefined: "" }[String(isMet(target, result))];
  const reason = isMet(target, result) === false && target.reason ? ` ${target.reason}` : "";
  return `- ${verdict}${target.says}: ${number(middle, 2)}${unit}${spread}${wish}.${reason}`;
}

function source({ name, machine, commit, takenAt, form, rounds, setting }: Result): string {
  const runs = Math.max(...Object.values(rounds).map(({ length }) => length));
  const of = Object.entries(setting).map(([name, value]) => `${name} ${value}`);
  return (
    `<sub>\`npm run bench -- ${name}\`: ${runs} rounds${form === "short" ? " of the short form" : ""} of commit ${commit} on ${takenAt.slice(0, 10)}: ${machine.cores} × ${machine.cpu}, ` +
    `${machine.memoryGb} GB, Linux ${machine.kernel}, Node.js ${machine.node}, ${machine.fileSystem}, ` +
    `${number(machine.fdatasyncsPerSecond, 0)} fdatasync/s, load ${machine.load} before. ${of.join(", ")}.</sub>`
  );
}

function number(value: number, digits: number): string {
  const most = Math.abs(value) >= 100 ? 0 : digits;
  return value.toLocaleString("en", {
    maximumFractionDigits: most,
    minimumFractionDigits: Math.min(most, 1),
  });
}

/** What stands between the README's markers, from bench/results. */
export function measuredSections(): string {
  const results = benchmarks.flatMap((benchmark) => {
    const result = resultOf(benchmark.name);
    return result ? [section(benchmark, result)] : [];
  });
  return results.join("\n\n");
}

export function readmeNow(): string {
  return readFileSync(readme, "utf8");
}

export function readmeWithResults(text: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error("README.md has lost the markers of its figures.");
  return `${before}${begin}\n\n${measuredSections()}\n\n${end}${after}`;
}

export function writeReadme(): void {
  writeFileSync(readme, readmeWithResults(readmeNow()));
}
