import type { WallClock } from "../core/clock.ts";
import type { counters, Meter, timers } from "../core/meter.ts";

/** The charts' grain, and how far they go back. */
export const stepMs = 10_000;
export const steps = 360;
/** Upper bounds in seconds; each a quarter more than the one before, so that a percentile is told to within that. */
const bounds = Array.from({ length: 68 }, (_, index) => 0.001 * 1.25 ** index);
/** Of more, those are forgotten that nothing happened to for longest: a gateway with more channels counts them all in /metrics. */
const maxSeries = 500;

type Labels = Record<string, string>;

/** What was counted or timed in each step of the last hour, oldest first. */
export interface Series {
  name: string;
  labels: Labels;
  /** How many, by step. */
  counts: number[];
  /** In seconds, by step; null where nothing was timed. Of what is timed alone. */
  p50?: (number | null)[];
  p99?: (number | null)[];
}

interface Kept {
  name: string;
  labels: Labels;
  /** A ring: step n lies at n modulo its length. */
  counts: Uint32Array;
  /** The newest step it knows. */
  last: number;
  /** The step in which something happened last. */
  usedIn: number;
  /** How many by bucket, of each step at its place in the ring, of the buckets alone that have any. */
  timed?: Map<number, Map<number, number>>;
}

/** The last hour of what the gateway counts and times, for the console's charts: in memory, and gone with the process. */
export class Recent implements Meter {
  readonly #clock: WallClock;
  /** Before it nobody counted. */
  readonly #begunAt: number;
  /** The one that was used last stands last. */
  readonly #series = new Map<string, Kept>();

  constructor(clock: WallClock) {
    this.#clock = clock;
    this.#begunAt = clock.now();
  }

  count(name: keyof typeof counters, labels: Labels, by = 1): void {
    const kept = this.#of(name, labels);
    if (kept) kept.counts[kept.last % steps]! += by;
  }

  time(name: keyof typeof timers, seconds: number, labels: Labels): void {
    const kept = this.#of(name, labels);
    if (!kept) return;
    const place = kept.last % steps;
    kept.counts[place]!++;
    kept.timed ??= new Map();
    const buckets = kept.timed.get(place) ?? new Map<number, number>();
    const bucket = bucketOf(seconds);
    kept.timed.set(place, buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1));
  }

  /** From the earliest step to the one that has just begun; of the series alone that `isShown`. */
  told(isShown: (labels: Labels) => boolean = () => true): {
    stepMs: number;
    from: number;
    begunAt: number;
    series: Series[];
  } {
    const now = this.#now();
    const shown = [...this.#series.values()].filter(({ labels }) => isShown(labels));
    for (const kept of shown) goOn(kept, now);
    const from = (now - steps + 1) * stepMs;
    return { stepMs, from, begunAt: this.#begunAt, series: shown.map((kept) => seriesOf(kept, now)) };
  }

  #now(): number {
    return Math.floor(this.#clock.now() / stepMs);
  }

  /** Undefined: there is room for no more, and in this step something has happened to all that have some. */
  #of(name: string, labels: Labels): Kept | undefined {
    const now = this.#now();
    const key = `${name} ${Object.values(labels).join(" ")}`;
    const known = this.#series.get(key);
    if (!known && this.#series.size >= maxSeries && !this.#forgetOldest(now)) return undefined;
    const kept = known ?? { name, labels, counts: new Uint32Array(steps), last: now, usedIn: now };
    if (kept.usedIn !== now || !known) {
      this.#series.delete(key);
      this.#series.set(key, kept);
    }
    goOn(kept, now);
    kept.usedIn = now;
    return kept;
  }

  #forgetOldest(now: number): boolean {
    for (const [key, { usedIn }] of this.#series) return usedIn !== now && this.#series.delete(key);
    return false;
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

/** Empties the steps that are new to it, or, where the clock was set back, those that have not been. */
function goOn(kept: Kept, now: number): void {
  const [from, to] = now > kept.last ? [kept.last, now] : [now, kept.last];
  for (let step = Math.max(from, to - steps) + 1; step <= to; step++) {
    kept.counts[step % steps] = 0;
    kept.timed?.delete(step % steps);
  }
  kept.last = now;
}

function seriesOf({ name, labels, counts: ring, timed }: Kept, now: number): Series {
  const places = Array.from({ length: steps }, (_, index) => (now + 1 + index) % steps);
  const counts = places.map((place) => ring[place]!);
  if (!timed) return { name, labels, counts };
  const sorted = places.map((place) => [...(timed.get(place) ?? [])].sort(([left], [right]) => left - right));
  const quantiles = (part: number) =>
    places.map((place, index) => quantile(sorted[index]!, ring[place]! * part));
  return { name, labels, counts, p50: quantiles(0.5), p99: quantiles(0.99) };
}

function bucketOf(seconds: number): number {
  const index = Math.ceil(Math.log(Math.max(seconds, bounds[0]!) / bounds[0]!) / Math.log(1.25));
  return Math.min(index, bounds.length);
}

/** The upper bound of the bucket in which the one lies that `rank` are not above; null: nothing was timed. */
function quantile(
  buckets: readonly (readonly [bucket: number, count: number])[],
  rank: number,
): number | null {
  let left = Math.ceil(rank);
  for (const [bucket, count] of buckets) {
    left -= count;
    if (left <= 0) return bounds[bucket] ?? bounds.at(-1)!;
  }
  return null;
}
