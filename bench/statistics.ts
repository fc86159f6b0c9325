import { quantile } from "../test/support/quantile.ts";

/** The middle of several runs and how far they lie apart. */
export interface Summary {
  median: number;
  least: number;
  most: number;
}

/** The median of an even number of values is the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? Number.NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function summary(values: readonly number[]): Summary {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Of latencies in ms, rounded to hundredths. */
export function latencies(values: readonly number[]): { p50: number; p99: number; most: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(quantile(sorted, share) * 100) / 100;
  return { p50: at(0.5), p99: at(0.99), most: at(1) };
}
