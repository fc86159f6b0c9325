import { randomUUID } from "node:crypto";
import { setTimeout as rest } from "node:timers/promises";
import type { Clock } from "./core/clock.ts";
import type { Log } from "./core/log.ts";
import { elapsedOn, type MachineTime } from "./machine-time.ts";
import { anchorSetting, readAnchor, wakeAfter } from "./steady-clock.ts";
import type { Store } from "./store/store.ts";

type Reference = Pick<Store, "storeNow" | "setting" | "replaceSetting">;

/** Gateway time less the database's clock, and where gateway time stood at least; the same for all nodes. */
interface Shift {
  shiftMs: number;
  reached: number;
  /** Who sees the database's clock far ahead of it, and by which shift that node's own time would go on. */
  doubt?: { by: string; shiftMs: number };
}

const setting = "clock.shared";
const lookEveryMs = 10_000;
/** Where something is in doubt. */
const lookAgainMs = 2_000;
/** So long a node waits for what the others see: all have looked twice. Who is alone then has nobody to differ from. */
const aloneMs = 25_000;
/** An answer that took longer says too little about the moment that it is of. */
const quickMs = 2_000;
/** The fastest answer says best what the database's clock showed. */
const samples = 5;
/** So much at most gateway time goes faster or slower than this machine's, until it fits the database's again. */
const fastest = 0.005;
/** More than a node may be held up and still be taken to live. */
const jumpMs = 6_000;
const keepEveryMs = 60_000;

/**
 * The clock of one node of several. Gateway time is the database's clock and a shift that all nodes share: whoever sees
 * that clock jump back moves the shift by as much, so that for what waits nothing has jumped. Where it is far ahead, it was
 * set, or this machine stood still, and only the others know: the node says so in the database, and goes by what they see.
 * Between two looks each node goes on by its own machine's time, a little faster or slower where the two drift apart, and
 * never back.
 */
export class SharedClock implements Clock {
  readonly #log: Log;
  readonly #machine: MachineTime;
  readonly #elapsed: () => number;
  #reference: Reference | undefined;
  /** Gateway time at a moment of the machine's, and how fast it goes since. */
  #base: { steady: number; at: number; rate: number };
  #keptAt = Number.NEGATIVE_INFINITY;
  readonly #name = randomUUID();
  /** Since when the database's clock is far ahead, by this machine's time, and by which shift. */
  #ahead: { since: number; shiftMs: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor({ log, machine }: { log: Log; machine: MachineTime }) {
    this.#log = log;
    this.#machine = machine;
    this.#elapsed = elapsedOn(machine);
    this.#base = { steady: machine.wall(), at: this.#elapsed(), rate: 1 };
  }

  /** To be called before anything waits. */
  async start(reference: Reference): Promise<void> {
    this.#reference = reference;
    const { now } = await this.#ask(reference);
    const shift = await this.#agreed(reference, now);
    this.#base = { steady: now() + shift.shiftMs, at: this.#elapsed(), rate: 1 };
    this.#plan();
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

  /** Compares gateway time here with the database's. By itself it looks every few seconds. */
  async look(): Promise<void> {
    const reference = this.#reference!;
    const { now, uncertainMs } = await this.#ask(reference);
    if (uncertainMs > quickMs / 2) return;
    const text = await reference.setting(setting);
    const shift = read(text) ?? { shiftMs: 0, reached: 0 };
    const { shiftMs, doubt } = shift;
    const offMs = now() + shiftMs - this.#steady();
    // No machine's time runs ahead by so much.
    if (offMs < -jumpMs) return this.#moveShift(reference, text, now);
    if (offMs > jumpMs) return this.#settle(reference, { text, shift, now });
    this.#ahead = undefined;
    const isOff = Math.abs(offMs) > uncertainMs;
    const rate = isOff ? 1 + Math.max(-fastest, Math.min(fastest, offMs / lookEveryMs)) : 1;
    this.#base = { steady: this.#steady(), at: this.#elapsed(), rate };
    // Whoever is in doubt learns by it that this node sees nothing ahead.
    if (doubt || this.#elapsed() - this.#keptAt >= keepEveryMs) await this.#keep(reference, text, shiftMs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #plan(): void {
    if (this.#isStopped) return;
    const again = () =>
      this.look()
        .catch((err: unknown) =>
          this.#log.warn({ err }, "the database's clock could not be read; trying again"),
        )
        .finally(() => this.#plan());
    this.#timer = setTimeout(again, this.#ahead ? lookAgainMs : lookEveryMs).unref();
  }

  /** The database's clock is far ahead. If it was set, all see it; if this machine stood still, the others do not. */
  async #settle(
    reference: Reference,
    { text, shift, now }: { text: string | undefined; shift: Shift; now: () => number },
  ): Promise<void> {
    const { shiftMs, doubt } = shift;
    const wasAhead = this.#ahead?.shiftMs === shiftMs ? this.#ahead : undefined;
    this.#ahead = wasAhead ?? { since: this.#elapsed(), shiftMs };
    const own = this.#steady() - now();
    const waitedMs = this.#elapsed() - this.#ahead.since;
    if (doubt && doubt.by !== this.#name) {
      if (Math.abs(doubt.shiftMs - own) <= jumpMs) return this.#moveShift(reference, text, now);
      // Of one that stood still for another while. Whoever said it may have ended.
      if (waitedMs < aloneMs) return;
    } else if (doubt) {
      if (waitedMs >= aloneMs) await this.#moveShift(reference, text, now);
      return;
    } else if (wasAhead) return this.#catchUp(now() + shiftMs);
    const raised = { ...shift, doubt: { by: this.#name, shiftMs: own } };
    const isRaised = await reference.replaceSetting(setting, text, JSON.stringify(raised));
    // What another has written meanwhile was no answer to it.
    if (!isRaised) this.#ahead = wasAhead;
  }

  /** Another node has seen the doubt, and nothing ahead. */
  #catchUp(steady: number): void {
    const seconds = Math.round((steady - this.#steady()) / 1000);
    this.#base = { steady, at: this.#elapsed(), rate: 1 };
    this.#ahead = undefined;
    this.#log.warn(
      { seconds },
      "this machine stood still for a while; its time is that of the other nodes again",
    );
  }

  #steady(): number {
    const { steady, at, rate } = this.#base;
    const elapsed = this.#elapsed() - at;
    // Made up for until the next look: where none is answered, nobody knows how far it is off by then.
    return steady + elapsed + Math.min(elapsed, lookEveryMs) * (rate - 1);
  }

  /** Another node may do it first: then the next look finds that all fits. */
  async #moveShift(reference: Reference, before: string | undefined, now: () => number): Promise<void> {
    const steady = this.#steady();
    const moved = { shiftMs: steady - now(), reached: steady };
    this.#ahead = undefined;
    if (!(await reference.replaceSetting(setting, before, JSON.stringify(moved)))) return;
    const seconds = Math.round((read(before)?.shiftMs ?? 0) - moved.shiftMs) / 1000;
    this.#log.warn({ seconds }, "the database's clock jumped; what waits, waits as long as before");
  }

  /** A database whose clock was set back while no node ran does not set gateway time back. */
  async #keep(reference: Reference, before: string | undefined, shiftMs: number): Promise<void> {
    this.#keptAt = this.#elapsed();
    const reached = Math.max(this.#steady(), read(before)?.reached ?? 0);
    await reference.replaceSetting(setting, before, JSON.stringify({ shiftMs, reached }));
  }

  async #agreed(reference: Reference, now: () => number): Promise<Shift> {
    for (let asked = 0; ; asked++) {
      const text = await reference.setting(setting);
      const known = read(text);
      // Whoever starts knows nothing of it, and would decide it.
      if (known?.doubt && asked < aloneMs / lookAgainMs) {
        await rest(lookAgainMs);
        continue;
      }
      if (known && now() + known.shiftMs >= known.reached - jumpMs) return known;
      const shiftMs = known ? known.reached - now() : await formerShift(reference, now());
      const first = { shiftMs, reached: now() + shiftMs };
      if (await reference.replaceSetting(setting, text, JSON.stringify(first))) return first;
    }
  }

  /** The database's clock as it goes on from the fastest of some answers, and how far that may be off. */
  async #ask(reference: Reference): Promise<{ now: () => number; uncertainMs: number }> {
    let best = { took: Number.POSITIVE_INFINITY, aheadMs: 0 };
    for (let n = 0; n < samples; n++) {
      const asked = this.#elapsed();
      const told = await reference.storeNow();
      const took = this.#elapsed() - asked;
      if (took < best.took) best = { took, aheadMs: told - (asked + took / 2) };
    }
    return { now: () => this.#elapsed() + best.aheadMs, uncertainMs: best.took / 2 };
  }
}

/** Of a store that was one gateway's own before: its time goes on, never back, as over a restart of its machine. */
async function formerShift(reference: Reference, now: number): Promise<number> {
  const kept = await reference.setting(anchorSetting);
  const anchor = kept === undefined ? undefined : readAnchor(kept);
  return anchor ? anchor.steady - Math.min(now, anchor.wall) : 0;
}

function read(text: string | undefined): Shift | undefined {
  return text === undefined ? undefined : (JSON.parse(text) as Shift);
}
