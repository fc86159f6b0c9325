/** Time, handed in: nothing below the composition root reads a clock. Milliseconds since 1970. */
export interface Clock {
  now(): number;
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
