import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { counters, timers } from "../src/core/meter.ts";
import { gauges } from "../src/http/gauges.ts";

/** Writes the table of metrics in docs/operating.md; the rest of that page is written by hand. */
export const file = join(import.meta.dirname, "..", "docs", "operating.md");
const begin = "<!-- made by scripts/metrics.ts --write -->";
const end = "<!-- end -->";

const kinds = { counter: counters, histogram: timers, gauge: gauges };

/** Every metric of ours, with what Prometheus makes of a histogram. */
export function seriesNames(): string[] {
  const plain = [...Object.keys(counters), ...Object.keys(gauges)];
  const parts = ["_bucket", "_sum", "_count"];
  return [...plain, ...Object.keys(timers).flatMap((name) => parts.map((part) => name + part))];
}

/** The page with its table made anew. */
export function operatingDocument(text: string): string {
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`docs/operating.md has lost its markers ${begin} and ${end}`);
  const rows = Object.entries(kinds).flatMap(([kind, all]) =>
    Object.entries(all).map(
      ([name, { help, labels }]) =>
        `| \`${name}\` | ${kind} | ${labels.map((label: string) => `\`${label}\``).join(", ")} | ${help} |`,
    ),
  );
  const table = ["| metric | kind | labels | what it tells |", "| --- | --- | --- | --- |", ...rows].join(
    "\n",
  );
  return `${before}${begin}\n\n${table}\n\n${end}${after}`;
}

if (import.meta.main) {
  const text = readFileSync(file, "utf8");
  const made = operatingDocument(text);
  if (process.argv.includes("--write")) writeFileSync(file, made);
  else if (text !== made) {
    process.stderr.write("docs/operating.md is stale: run scripts/metrics.ts --write\n");
    process.exitCode = 1;
  }
}
