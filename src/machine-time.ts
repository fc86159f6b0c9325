import { readFileSync } from "node:fs";
import { uptime } from "node:os";

/** What a machine tells of time, in milliseconds. */
export interface MachineTime {
  /** Since 1970, as somebody has set it. */
  wall(): number;
  /** From the start of the machine or some other beginning. Nobody can set it; while the machine sleeps it may stand still. */
  monotonic(): number;
  /** The same with the time that the machine has slept, to a few hundredths of a second. */
  withSleep(): number;
  /** Which start of the machine this is; undefined where it does not say. */
  boot: string | undefined;
}

/**
 * Only on Linux does the monotonic clock stand still while the machine sleeps; its uptime (CLOCK_BOOTTIME) goes on
 * (man 2 clock_gettime). Where another kernel tells none of its starts, a restart goes by the wall clock.
 */
export function machineTime(): MachineTime {
  const isLinux = process.platform === "linux";
  const begunMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
  const monotonic = () => begunMs + performance.now();
  return {
    wall: () => Date.now(),
    monotonic,
    withSleep: isLinux ? () => uptime() * 1000 : monotonic,
    boot: isLinux ? bootId() : undefined,
  };
}

/** Less is how coarsely the time with sleep is told. */
const shortestSleepMs = 1_000;

/** A machine's own time that goes on through its sleep: as fine as the monotonic clock, and never back. */
export function elapsedOn(machine: MachineTime): () => number {
  const sleptMs = () => machine.withSleep() - machine.monotonic();
  const before = sleptMs();
  let known = 0;
  return () => {
    const slept = sleptMs() - before;
    if (slept - known > shortestSleepMs) known = slept;
    return machine.monotonic() + known;
  };
}

function bootId(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return undefined;
  }
}
