/** What the work below took on the machine on which the limits of tests were set, in ms of its processor. */
const thereMs = 4;
const rounds = 5;

const text = JSON.stringify(Array.from({ length: 10_000 }, (_, n) => ({ [`key ${n}`]: [n, `value ${n}`] })));

function work(): void {
  const parsed: object[] = JSON.parse(text);
  parsed.sort((a, b) => (Object.keys(a)[0]! < Object.keys(b)[0]! ? -1 : 1));
}

/** Milliseconds of this thread's processor: what others do on the machine is no part of it. */
export function processorMs(work: () => void): number {
  const before = process.threadCpuUsage();
  work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** By how much a limit in `processorMs` is to be multiplied here and now; never below 1. */
export function slowness(): number {
  return Math.max(1, Math.min(...Array.from({ length: rounds }, () => processorMs(work))) / thereMs);
}
