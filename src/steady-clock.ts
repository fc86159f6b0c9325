import type { Clock } from "./core/clock.ts";

/** Longer waits look anew this often: `setTimeout` holds no more than 24 days, and knows nothing of a machine's sleep. */
const longestTimerMs = 30_000;

/** The clock of a real process, whose gateway time begins at `origin`. */
export function processClock(origin = Date.now()): Clock {
  const begun = performance.now();
  const steady = () => Math.floor(origin + performance.now() - begun);
  return { now: () => Date.now(), steady, after: (ms, wake) => wakeAfter(steady, ms, wake) };
}

/** `wake` by real timers, when `steady` has gone on by `ms`. */
export function wakeAfter(steady: () => number, ms: number, wake: () => void): () => void {
  const dueAt = steady() + ms;
  const look = () => {
    const leftMs = dueAt - steady();
    if (leftMs <= 0) wake();
    else timer = setTimeout(look, Math.min(leftMs, longestTimerMs));
  };
  let timer = setTimeout(look, Math.max(0, Math.min(ms, longestTimerMs)));
  return () => clearTimeout(timer);
}
