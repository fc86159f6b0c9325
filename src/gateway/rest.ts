import type { Clock } from "../core/clock.ts";

/** Waits, but not once `signal` has been raised. */
export function rest(clock: Clock, waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      cancel();
      signal.removeEventListener("abort", done);
      resolve();
    };
    const cancel = clock.after(signal.aborted ? 0 : waitMs, done);
    signal.addEventListener("abort", done, { once: true });
  });
}

/** Raised after `ms`, or with `signal`. `done` is to be called in the end, so that no timer stays. */
export function deadline(
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): { signal: AbortSignal; isLate: () => boolean; done: () => void } {
  const late = new AbortController();
  const done = clock.after(ms, () => late.abort());
  return { signal: AbortSignal.any([signal, late.signal]), isLate: () => late.signal.aborted, done };
}
