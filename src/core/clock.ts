/** Time, handed in: nothing below the composition root reads a clock. Milliseconds since 1970. */
export interface Clock {
  now(): number;
}

/** RFC 3339 in UTC with milliseconds, as every timestamp in the API. */
export function timestamp(atMs: number): string {
  return new Date(atMs).toISOString();
}
