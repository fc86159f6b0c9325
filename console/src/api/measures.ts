import { useQuery } from "@tanstack/react-query";
import { request } from "./request.ts";

export interface Series {
  name: string;
  labels: Record<string, string>;
  counts: number[];
  p50?: (number | null)[];
  p99?: (number | null)[];
}

/** How much waited at most in each step; null: nobody looked. */
export interface Level {
  name: string;
  labels: Record<string, string>;
  values: (number | null)[];
}

/** Of `GET /v1/measures`: the last hour, and what is looked up now. */
export interface Measures {
  step_seconds: number;
  from: string;
  /** The gateway's start: before it nobody counted. */
  since: string;
  series: Series[];
  levels: Level[];
  now: { name: string; labels: Record<string, string>; value: number }[];
}

export function useMeasures() {
  return useQuery({
    queryKey: ["measures"],
    queryFn: ({ signal }) => request<Measures>("/v1/measures", { signal }),
    refetchInterval: 5_000,
    select: lately,
  });
}

/** A chart of a gateway that has just begun is of these last steps. */
const fewestSteps = 60;

/** From where something was first counted: an hour in which the gateway was not there says nothing. */
function lately(measures: Measures): Measures {
  const firsts = measures.series
    .map(({ counts }) => counts.findIndex((count) => count > 0))
    .filter((at) => at >= 0);
  const skipped = Math.max(0, Math.min(...firsts, lengthOf(measures) - fewestSteps) - 1);
  const from = new Date(Date.parse(measures.from) + skipped * measures.step_seconds * 1000).toISOString();
  const series = measures.series.map(({ counts, p50, p99, ...rest }) => ({
    ...rest,
    counts: counts.slice(skipped),
    p50: p50?.slice(skipped),
    p99: p99?.slice(skipped),
  }));
  const levels = measures.levels.map((level) => ({ ...level, values: level.values.slice(skipped) }));
  return { ...measures, from, series, levels };
}

function lengthOf({ series, levels }: Measures): number {
  return series[0]?.counts.length ?? levels[0]?.values.length ?? 0;
}

/** The start of each step, in seconds since 1970. */
export function stepsOf(measures: Measures): number[] {
  const first = Date.parse(measures.from) / 1000;
  return Array.from({ length: lengthOf(measures) }, (_, index) => first + index * measures.step_seconds);
}

/** The same in each step while the gateway ran; null before: a gap, for nobody knows. */
export function throughout(measures: Measures, value: number): (number | null)[] {
  const since = Date.parse(measures.since) / 1000;
  return stepsOf(measures).map((at) => (at + measures.step_seconds <= since ? null : value));
}

/** So many a second in each step, of all series with this name and these labels together. */
export function ratesOf(
  measures: Measures,
  name: string,
  labels: Record<string, string> = {},
): (number | null)[] {
  return seriesOf(measures, name, labels).reduce(
    (all, { counts }) =>
      all.map((sum, index) => (sum === null ? null : sum + (counts[index] ?? 0) / measures.step_seconds)),
    throughout(measures, 0),
  );
}

/** How much of something waited at most in each step; empty where the caller may not know. */
export function levelsOf(
  measures: Measures,
  name: string,
  labels: Record<string, string> = {},
): (number | null)[] {
  return measures.levels.find((level) => level.name === name && fits(level.labels, labels))?.values ?? [];
}

/** The highest percentile of all series with this name; null where nothing was timed. */
export function percentilesOf(measures: Measures, name: string, part: "p50" | "p99"): (number | null)[] {
  return seriesOf(measures, name).reduce<(number | null)[]>(
    (all, series) =>
      (series[part] ?? []).map((value, index) => {
        const other = all[index] ?? null;
        return value === null ? other : Math.max(value, other ?? 0);
      }),
    [],
  );
}

export function seriesOf(measures: Measures, name: string, labels: Record<string, string> = {}): Series[] {
  return measures.series.filter((series) => series.name === name && fits(series.labels, labels));
}

/** What is looked up now, summed over what fits. */
export function nowOf(measures: Measures, name: string, labels: Record<string, string> = {}): number {
  return measures.now
    .filter((sample) => sample.name === name && fits(sample.labels, labels))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Whether this gateway looks it up at all: of several nodes each tells what it works for. */
export function isTold(measures: Measures, name: string, labels: Record<string, string>): boolean {
  return measures.now.some((sample) => sample.name === name && fits(sample.labels, labels));
}

/** A key for some channels alone is told what is counted of these, and nothing of all that there is. */
export const isOfSome = ({ now }: Measures): boolean => !now.some(({ name }) => name === "antiphon_messages");

function fits(labels: Record<string, string>, wanted: Record<string, string>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}
