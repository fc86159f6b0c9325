/** Milliseconds of the machine's clock that all its processes share and nobody sets. */
export function nowMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
