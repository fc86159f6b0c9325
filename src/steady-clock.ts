import { crc32 } from "node:zlib";
import type { Clock } from "./core/clock.ts";
import type { Log } from "./core/log.ts";
import type { MachineTime } from "./machine-time.ts";
import type { Store } from "./store/store.ts";

/** Where gateway time stood, and what the machine's clocks said then. */
interface Anchor {
  steady: number;
  wall: number;
  monotonic: number;
  slept: number;
  boot?: string;
}

type Settings = Pick<Store, "setting" | "putSetting">;

/** Where it is kept. */
export const anchorSetting = "clock.anchor";
const lookEveryMs = 5_000;
/** What a restart of the machine can hide of a wall clock that was set back. */
const keepEveryMs = 60_000;
/** Less is the ticking apart of clocks, or a leap second. */
const jumpMs = 1_500;
/** After a sleep the wall clock may be set to the hardware's, which is a little off. */
const wakingMs = 5_000;
/** Longer waits look anew this often: a timer holds no more than 24 days, and knows nothing of a machine's sleep. */
const longestTimerMs = 30_000;

/**
 * The clock of a real process. Gateway time begins as the wall clock's and goes on by the machine's monotonic clock,
 * which nobody can set, also over restarts of the process; over a restart of the machine, which that clock does not
 * outlive, by the wall clock, but never back. See docs/decisions/0015-gateway-time.md.
 */
export class SteadyClock implements Clock {
  readonly #log: Log;
  readonly #machine: MachineTime;
  #settings: Settings | undefined;
  /** Gateway time less the monotonic clock's. */
  #aheadMs: number;
  #sleptMs: number;
  /** The wall clock's time less gateway time, as it was when it was last looked at. */
  #wallAheadMs = 0;
  #keptAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor({ log, machine }: { log: Log; machine: MachineTime }) {
    this.#log = log;
    this.#machine = machine;
    this.#aheadMs = machine.wall() - machine.monotonic();
    this.#sleptMs = sleptMs(machine);
  }

  /** Goes on from where an earlier run ended; to be called before anything waits. */
  async start(settings: Settings): Promise<void> {
    this.#settings = settings;
    const kept = await settings.setting(anchorSetting);
    const anchor = kept === undefined ? undefined : readAnchor(kept);
    if (anchor) this.#goOn(anchor);
    else if (kept !== undefined)
      this.#log.error({}, "where gateway time stood is damaged: it goes on from the wall clock's");
    this.#timer = setInterval(() => void this.look(), lookEveryMs).unref();
    await this.look();
  }

  now(): number {
    return this.#machine.wall();
  }

  steady(): number {
    return Math.floor(this.#steady());
  }

  after(ms: number, wake: () => void): () => void {
    return wakeAfter(() => this.steady(), ms, wake);
  }

  /** Takes in that the machine has slept or that its wall clock was set. By itself it looks every few seconds. */
  async look(): Promise<void> {
    const machine = this.#machine;
    const aheadMs = machine.wall() - this.#steady() - this.#wallAheadMs;
    const asleepMs = believed(sleptMs(machine) - this.#sleptMs, aheadMs);
    if (asleepMs > 0) {
      this.#sleptMs += asleepMs;
      this.#aheadMs += asleepMs;
      this.#log.warn({ seconds: seconds(asleepMs) }, "the machine has slept");
    }
    const jumpedMs = aheadMs - asleepMs;
    const hasJumped = Math.abs(jumpedMs) > jumpMs;
    if (hasJumped)
      this.#log.warn(
        { seconds: seconds(jumpedMs) },
        "the wall clock jumped; what waits, waits as long as before",
      );
    if (hasJumped || asleepMs > 0 || machine.monotonic() - this.#keptAt >= keepEveryMs) await this.#keep();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#keep();
  }

  #steady(): number {
    return this.#machine.monotonic() + this.#aheadMs;
  }

  async #keep(): Promise<void> {
    const { wall, monotonic, boot } = this.#now();
    const steady = monotonic + this.#aheadMs;
    this.#wallAheadMs = wall - steady;
    this.#keptAt = monotonic;
    const anchor: Anchor = { steady, wall, monotonic, slept: this.#sleptMs, boot };
    await this.#settings
      ?.putSetting(anchorSetting, sealed(JSON.stringify(anchor)))
      .catch((err: unknown) =>
        this.#log.warn({ err }, "where gateway time stands could not be stored; trying again"),
      );
  }

  #goOn(anchor: Anchor): void {
    const now = this.#now();
    this.#aheadMs = goneOn(anchor, { ...now, slept: this.#sleptMs }) - now.monotonic;
    this.#wallAheadMs = anchor.wall - anchor.steady;
  }

  #now(): Omit<Anchor, "steady" | "slept"> {
    const { boot } = this.#machine;
    return { wall: this.#machine.wall(), monotonic: this.#machine.monotonic(), boot };
  }
}

/** Gateway time now. */
function goneOn(anchor: Anchor, now: Omit<Anchor, "steady">): number {
  const isSameBoot = now.boot !== undefined && now.boot === anchor.boot && now.monotonic >= anchor.monotonic;
  if (!isSameBoot) return anchor.steady + Math.max(0, now.wall - anchor.wall);
  const passedMs = now.monotonic - anchor.monotonic;
  const asleepMs = believed(now.slept - anchor.slept, now.wall - anchor.wall - passedMs);
  return anchor.steady + passedMs + asleepMs;
}

/**
 * How long the machine has slept: no longer than the wall clock is ahead by. Some containers tell an uptime of their
 * own, and what is believed too readily leaves too early.
 */
function believed(asleepMs: number, wallAheadMs: number): number {
  return asleepMs > jumpMs && wallAheadMs > asleepMs - wakingMs ? asleepMs : 0;
}

function sleptMs(machine: MachineTime): number {
  return machine.withSleep() - machine.monotonic();
}

function sealed(json: string): string {
  return `${crc32(json)} ${json}`;
}

/** Undefined: it is damaged. */
export function readAnchor(text: string): Anchor | undefined {
  const json = text.slice(text.indexOf(" ") + 1);
  return text === sealed(json) ? (JSON.parse(json) as Anchor) : undefined;
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
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
