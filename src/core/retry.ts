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

/** The longest wait after each failed try but the last but one; the last try comes 7 days after the first. */
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
];
const shortestDeliveryWaitMs = 500;
const deliveryDaysMs = 7 * 24 * hour;
export const maxDeliveryTries = deliveryCeilingsMs.length + 2;

/**
 * When to try a delivery again after `tries` tries, with full jitter; null when it has had its tries. The last one
 * comes when 7 days are over, or up to an hour before: no outage of a week makes a dead letter.
 */
export function deliveryBackoffMs(tries: number, sinceFirstMs: number, random: Random): number | null {
  if (tries >= maxDeliveryTries) return null;
  const ceiling = deliveryCeilingsMs[tries - 1];
  const waitMs = ceiling === undefined ? deliveryDaysMs - sinceFirstMs - random() * hour : random() * ceiling;
  return Math.max(shortestDeliveryWaitMs, Math.round(waitMs));
}
