import type { Figures } from "../audit.ts";
import { columns, type Marks, machine } from "../report.ts";
import type { MoveOutcome } from "./ordeal.ts";

export const moveMarks: Marks = {
  from: "<!-- the move under load writes from here -->",
  to: "<!-- the move under load writes to here -->",
};

export interface MoveRun {
  command: string;
  /** Of the beginning: the tree may be another when a long run ends. */
  commit: string;
  history: number;
  outcomes: Record<string, MoveOutcome>;
  /** What it broke; empty: the promises hold. */
  wrongs: readonly string[];
}

/** The figures as Markdown, with what one must know to get them again. */
export function moveReport({ command, commit, history, outcomes, wrongs }: MoveRun): string {
  const titles = [...columns, "other ids", "without a 202", "the command", "the next start", "memory"];
  return [
    `\`${command}\`, ${history.toLocaleString("en")} messages of history. Commit ${commit}, ${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, ${machine()}.`,
    wrongs.length === 0 ? "Every promise held." : `Broken: ${wrongs.join("; ")}.`,
    "",
    `| ended by | ${titles.join(" | ")} |`,
    `| --- |${" ---: |".repeat(titles.length)}`,
    ...Object.entries(outcomes).map(([signal, outcome]) => row(signal, outcome)),
  ].join("\n");
}

function row(signal: string, { figures, otherIds, seconds, megabytes }: MoveOutcome): string {
  const sum = (column: keyof Figures) =>
    Object.values(figures).reduce((total, figure) => total + figure[column], 0);
  const counts = [...columns.map(sum), otherIds.length].map((count) => count.toLocaleString("en"));
  const took = [seconds.refused, seconds.move, seconds.start].map((one) => `${one.toFixed(1)} s`);
  return `| ${[signal, ...counts, ...took, `${megabytes.toFixed(0)} MB`].join(" | ")} |`;
}
