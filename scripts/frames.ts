/** One frame at 60 a second. */
export const frameMs = 1_000 / 60;

/** Of all frames that there was time for, the share that was not shown. */
export function droppedShare(deltas: readonly number[]): number {
  const missed = deltas.reduce((sum, delta) => sum + Math.max(0, Math.round(delta / frameMs) - 1), 0);
  return missed / (missed + deltas.length);
}
