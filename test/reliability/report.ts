import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import type { Figures } from "./audit.ts";
import type { Outcome } from "./ordeal.ts";
import { tried } from "./plan.ts";

const document = join(import.meta.dirname, "..", "..", "docs", "reliability.md");
const marks: Marks = { from: "<!-- the crash run writes from here -->", to: "<!-- to here -->" };
export const columns: (keyof Figures)[] = [
  "accepted",
  "sent",
  "unknown",
  "failed",
  "open",
  "lost",
  "duplicated",
  "reordered",
];

export interface Run {
  command: string;
  seed: number;
  /** Of the beginning: the tree may be another when a long run ends. */
  commit: string;
  guarded: Outcome;
  control: Outcome;
  /** What it broke; empty: the promises hold. */
  wrongs: readonly string[];
}

/** The figures as Markdown, with what one must know to get them again. */
export function report({ command, seed, commit, guarded, control, wrongs }: Run): string {
  const rows = tried.flatMap((platform) => [
    row(platform, guarded.figures[platform]),
    row(`${platform}, control`, control.figures[platform]),
  ]);
  return [
    `\`${command}\`, seed ${seed}: ${guarded.kills} kills in ${guarded.seconds} s of load; the control ${control.kills} in ${control.seconds} s.`,
    `Commit ${commit}, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, ${machine()}.`,
    under(guarded),
    arrivals(guarded),
    wrongs.length === 0
      ? "Every promise held, and the control was seen to break them."
      : `Broken: ${wrongs.join("; ")}.`,
    "",
    `| | ${columns.join(" | ")} |`,
    `| --- | ${columns.map(() => "---:").join(" | ")} |`,
    ...rows,
  ].join("\n");
}

/** Under what the figures came about. */
function under({ shapes, struck }: Outcome): string {
  const count = (number: number | undefined) => (number ?? 0).toLocaleString("en");
  const written = `Written evenly ${count(shapes.steady)}, in bursts ${count(shapes.bursts)}, to the long conversations ${count(shapes.long)}.`;
  const faults = `Of the platforms' answers ${count(struck.rate_limit)} were rate limits and ${count(struck.server_error)} server errors`;
  return `${written} ${faults}; ${count(struck.silence)} calls were taken and never answered, ${count(struck.drop_answer)} taken and cut off.`;
}

/** What nobody heard of, though it was there: a platform that tells of what it was sent leaves none. */
function arrivals({ figures }: Outcome): string {
  const each = tried.map((platform) => `${figures[platform].arrived.toLocaleString("en")} on ${platform}`);
  return `Of the unknown had arrived all the same: ${each.join(", ")}.`;
}

/** Between which of its lines a run writes. */
export interface Marks {
  from: string;
  to: string;
}

/** Puts the figures into docs/reliability.md, in the place of the last ones. */
export function writeReport(text: string, between: Marks = marks): void {
  const { before, after } = parted(between);
  writeFileSync(document, `${before}${between.from}\n\n${text}\n\n${between.to}${after}`);
}

/** What docs/reliability.md tells there. */
export function readReport(between: Marks): string {
  return parted(between).told.trim();
}

function parted({ from, to }: Marks): { before: string; told: string; after: string } {
  const [before, rest] = readFileSync(document, "utf8").split(from);
  const [told, after] = rest?.split(to) ?? [];
  if (before === undefined || told === undefined || after === undefined)
    throw new Error(`${document} has lost its marks.`);
  return { before, told, after };
}

export function row(title: string, figures: Figures): string {
  return `| ${title} | ${columns.map((column) => figures[column].toLocaleString("en")).join(" | ")} |`;
}

function git(...args: string[]): string {
  return execFileSync("git", args, { cwd: import.meta.dirname, encoding: "utf8" }).trim();
}

/** What is tried. */
export function commitNow(): string {
  return `${git("rev-parse", "--short", "HEAD")}${git("status", "--porcelain") === "" ? "" : " with changes"}`;
}

export function machine(): string {
  const [core] = cpus();
  return `${cpus().length} × ${core?.model.trim() ?? "unknown"}, ${type()} ${release().split("-")[0]}, Node.js ${process.versions.node}`;
}
