import type { WallClock } from "../core/clock.ts";
import type { counters, Meter, timers } from "../core/meter.ts";

/** The charts' grain, and how far they go back. */
const stepMs = 10_000;
const steps = 360;
/** Upper bounds in seconds; each a quarter more than the one before, so that a percentile is told to within that. */
const bounds = Array.from({ length: 68 }, (_, index) => 0.001 * 1.25 ** index);
/** A gateway with more channels than this still counts them all in /metrics. */
const maxSeries = 5_000;

/** What was counted or timed in each step of the last hour, oldest first. */
export interface Series {
  name: string;
  labels: Record<string, string>;
  /** How many, by step. */
  counts: number[];
  /** In seconds, by step; null where nothing was timed. Of what is timed alone. */
  p50?: (number | null)[];
  p99?: (number | null)[];
}

interface Kept {
  name: string;
  labels: Record<string, string>;
  isTimed: boolean;
  /** By the step's number since 1970: steps in which nothing happened take no room. */
  steps: Map<number, { count: number; timed?: Uint32Array }>;
}

/** The last hour of what the gateway counts and times, for the console's charts: in memory, and gone with the process. */
export class Recent implements Meter {
  readonly #clock: WallClock;
  readonly #series = new Map<string, Kept>();

  constructor(clock: WallClock) {
    this.#clock = clock;
  }

  count(name: keyof typeof counters, labels: Record<string, string>, by = 1): void {
    const step = this.#step(name, labels, false);
    if (step) step.count += by;
  }

  time(name: keyof typeof timers, seconds: number, labels: Record<string, string>): void {
    const step = this.#step(name, labels, true);
    if (!step) return;
    step.count++;
    step.timed ??= new Uint32Array(bounds.length + 1);
    step.timed[bucketOf(seconds)]!++;
  }

  /** From the earliest step to the one that has just begun. */
  told(): { stepMs: number; from: number; series: Series[] } {
    const last = this.#now();
    const first = last - steps + 1;
    const numbers = Array.from({ length: steps }, (_, index) => first + index);
    return {
      stepMs,
      from: first * stepMs,
      series: [...this.#series.values()].map((kept) => seriesOf(kept, numbers)),
    };
  }

  #now(): number {
    return Math.floor(this.#clock.now() / stepMs);
  }

  #step(name: string, labels: Record<string, string>, isTimed: boolean) {
    const series = this.#of(name, labels, isTimed);
    if (!series) return undefined;
    const now = this.#now();
    const known = series.steps.get(now);
    if (known) return known;
    for (const step of series.steps.keys()) if (step <= now - steps || step > now) series.steps.delete(step);
    const step: { count: number; timed?: Uint32Array } = { count: 0 };
    series.steps.set(now, step);
    return step;
  }

  #of(name: string, labels: Record<string, string>, isTimed: boolean): Kept | undefined {
    const key = `${name} ${Object.values(labels).join(" ")}`;
    const known = this.#series.get(key);
    if (known || this.#series.size >= maxSeries) return known;
    const made: Kept = { name, labels, isTimed, steps: new Map() };
    this.#series.set(key, made);
    return made;
  }
}

/** Counts and times in each of them. */
export function together(...meters: Meter[]): Meter {
  return {
    count(...counted) {
      for (const meter of meters) meter.count(...counted);
    },
    time(...timed) {
      for (const meter of meters) meter.time(...timed);
    },
  };
}

function seriesOf({ name, labels, isTimed, steps: kept }: Kept, numbers: number[]): Series {
  const at = (number: number) => kept.get(number);
  const counts = numbers.map((number) => at(number)?.count ?? 0);
  if (!isTimed) return { name, labels, counts };
  const quantiles = (part: number) => numbers.map((number) => quantile(at(number)?.timed, part));
  return { name, labels, counts, p50: quantiles(0.5), p99: quantiles(0.99) };
}

function bucketOf(seconds: number): number {
  const index = Math.ceil(Math.log(Math.max(seconds, bounds[0]!) / bounds[0]!) / Math.log(1.25));
  return Math.min(index, bounds.length);
}

/** The upper bound of the bucket in which it lies; null: nothing was timed. */
function quantile(timed: Uint32Array | undefined, part: number): number | null {
  if (!timed) return null;
  const total = timed.reduce((sum, count) => sum + count, 0);
  let left = Math.ceil(total * part);
  for (const [index, count] of timed.entries()) {
    left -= count;
    if (left <= 0) return bounds[index] ?? bounds.at(-1)!;
  }
  return null;
}
