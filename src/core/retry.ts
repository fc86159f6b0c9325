/** Chance, handed in: a number in [0, 1). */
export type Random = () => number;

const firstCallRetryMs = 1_000;
const longestCallRetryMs = 60_000;

/** When to try a call again after `tries` tries: full jitter under 1 s, 2 s, 4 s … 60 s, and at least 100 ms. */
export function callBackoffMs(tries: number, random: Random): number {
  const ceiling = Math.min(longestCallRetryMs, firstCallRetryMs * 2 ** Math.max(0, tries - 1));
  return Math.max(100, Math.round(random() * ceiling));
}

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** The longest wait after each failed delivery try; 12 tries spread over up to 7 days, then the dead letters. */
const deliveryCeilingsMs = [
  5 * second,
  30 * second,
  2 * minute,
  10 * minute,
  30 * minute,
  1 * hour,
  4 * hour,
  12 * hour,
  24 * hour,
  48 * hour,
  72 * hour,
];

/** When to try a delivery again after `tries` tries, with full jitter; null when it has had its tries. */
export function deliveryBackoffMs(tries: number, random: Random): number | null {
  const ceiling = deliveryCeilingsMs[tries - 1];
  return ceiling === undefined ? null : Math.max(500, Math.round(random() * ceiling));
}
