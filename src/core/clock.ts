/** Time, handed in: nothing below the composition root reads a clock. */
export interface WallClock {
  /** Milliseconds since 1970, for what is told and what others keep time of. It may jump, in either direction. */
  now(): number;
}

/** The gateway's two times. They begin as one, and part when the wall clock jumps: never compare one with the other. */
export interface Clock extends WallClock {
  /** Gateway time: whole milliseconds that never jump nor go back, over restarts too. All that waits, waits by it. */
  steady(): number;
  /** Calls `wake` once, not before `ms` of gateway time have passed; never for Infinity. Gives what cancels it. */
  after(ms: number, wake: () => void): () => void;
}

/** One instant by both clocks: `at` is what is told of it, from `steady` on is counted what waits. */
export interface Moment {
  at: number;
  steady: number;
}

export function momentOf(clock: Pick<Clock, "now" | "steady">): Moment {
  return { at: clock.now(), steady: clock.steady() };
}

/**
 * What the wall clock shows at an instant of gateway time, past or to come, as far as is known now. To the second: the
 * two clocks tick apart, and what is asked for twice is to be told alike.
 */
export function wallTimeOf(clock: Pick<Clock, "now" | "steady">, steadyMs: number): number {
  return steadyMs + 1000 * Math.round((clock.now() - clock.steady()) / 1000);
}

/** RFC 3339 in UTC with milliseconds, as every timestamp in the API. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString();
}

const earliestMs = Date.UTC(2000, 0, 1);
const latestMs = Date.UTC(2100, 0, 1);

/**
 * The instant that a platform tells in seconds since 1970; undefined for anything that is no time between 2000 and
 * 2100, which `timestamp` might not be able to write.
 */
export function instantOf(seconds: unknown): number | undefined {
  return typeof seconds === "number" ? instantOfMs(seconds * 1000) : undefined;
}

/** The same of milliseconds. */
export function instantOfMs(milliseconds: unknown): number | undefined {
  const atMs = typeof milliseconds === "number" ? Math.trunc(milliseconds) : Number.NaN;
  return atMs >= earliestMs && atMs < latestMs ? atMs : undefined;
}
