import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tried } from "../plan.ts";
import { columns, type Marks, row } from "../report.ts";
import { blows } from "./blows.ts";
import type { Spread } from "./failovers.ts";
import type { NodesOutcome } from "./ordeal.ts";

const kept = join(import.meta.dirname, "result.json");
export const nodesMarks: Marks = {
  from: "<!-- the crash run of three nodes writes from here -->",
  to: "<!-- the crash run of three nodes writes to here -->",
};

/** A run as it is kept, of which docs/reliability.md is made. */
export interface NodesRun {
  command: string;
  seed: number;
  /** Of the beginning: the tree may be another when a long run ends. */
  commit: string;
  at: string;
  machine: string;
  /** Of the machine, when it began. */
  load: number;
  guarded: NodesOutcome;
  control: NodesOutcome;
  /** What it broke; empty: the promises hold. */
  wrongs: readonly string[];
}

export function keepRun(run: NodesRun): void {
  writeFileSync(kept, `${JSON.stringify(run, undefined, 2)}\n`);
}

export function keptRun(): NodesRun {
  return JSON.parse(readFileSync(kept, "utf8")) as NodesRun;
}

/** The figures as Markdown, with what one must know to get them again. */
export function nodesReport({
  command,
  seed,
  commit,
  at,
  machine,
  load,
  guarded,
  control,
  wrongs,
}: NodesRun): string {
  return [
    `\`${command}\`, seed ${seed}. Commit ${commit}, ${at} UTC, ${machine}, load ${load} before it.`,
    ...blowsTold(guarded),
    noticesTold(guarded),
    `The control: ${count(control.blows.kill)} kills, ${count(control.blows.stop)} stops and ${count(control.blows.silence)} cuts in ${count(control.seconds)} s.`,
    wrongs.length === 0
      ? "Every promise held, and the control was seen to break them."
      : `Broken: ${wrongs.join("; ")}.`,
    "",
    `| | ${columns.join(" | ")} |`,
    `| --- | ${columns.map(() => "---:").join(" | ")} |`,
    ...tried.flatMap((platform) => [
      row(platform, guarded.figures[platform]),
      row(`${platform}, control`, control.figures[platform]),
    ]),
    "",
    "| how long a channel stood still, in ms | times | p50 | p99 | longest |",
    "| --- | ---: | ---: | ---: | ---: |",
    ...blows.map((blow) => spreadRow(titles[blow], guarded.failoverByBlow[blow])),
    spreadRow("all of these", guarded.failover),
    spreadRow("the same, PostgreSQL killed before its end, or who took over struck", guarded.failoverAmid),
    spreadRow("PostgreSQL killed: from its return to the first call", guarded.recovery),
  ].join("\n");
}

const titles = {
  kill: "its node killed",
  stop: "its node stopped for longer than the lease",
  silence: "its node's way to PostgreSQL silent for longer than the lease",
};

function blowsTold({
  seconds,
  blows: struck,
  outages,
  resets,
  again,
  webhooks,
  struck: faults,
}: NodesOutcome): string[] {
  const asked = Object.values(again).reduce((sum, times) => sum + times, 0);
  return [
    `In ${count(seconds)} s of load ${count(struck.kill)} SIGKILLs of a node, ${count(struck.stop)} SIGSTOPs and ${count(struck.silence)} silent ways to PostgreSQL, both beyond the lease, ${count(outages)} SIGKILLs of PostgreSQL; ${count(resets.database)} connections of nodes to PostgreSQL and ${count(resets.clients)} of clients were reset.`,
    `Clients asked again ${count(asked)} times, at another node; ${count(webhooks)} webhooks were taken by the nodes in turn. Of the platforms' answers ${count(faults.rate_limit)} were rate limits and ${count(faults.server_error)} server errors; ${count(faults.silence)} calls were taken and never answered, ${count(faults.drop_answer)} taken and cut off.`,
  ];
}

function noticesTold({ notices, aside }: NodesOutcome): string {
  const { said, unheard, heardTwice, events, undelivered, disordered, repeated } = notices;
  return `People wrote ${count(said)} messages meanwhile: ${count(unheard)} were told by no event, ${count(heardTwice)} by two. Of ${count(events)} events for the \`ordered\` endpoint ${count(undelivered)} never came and ${count(disordered)} came out of order; ${count(repeated)} were posted again under their id. ${count(aside)} webhooks were set aside.`;
}

function spreadRow(title: string, { count: times, p50, p99, max }: Spread): string {
  return `| ${title} | ${[times, p50, p99, max].map(count).join(" | ")} |`;
}

function count(number: number | undefined): string {
  return (number ?? 0).toLocaleString("en");
}
