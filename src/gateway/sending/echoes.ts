import type { Platform, PlatformName } from "../../core/platform.ts";
import type { Store } from "../../store/store.ts";

const firstHoldMs = 60_000;
const longestHoldMs = 15 * 60_000;
const shortestHoldMs = 1_000;
/** Of so many no more than ten lie above the p99.9; older ones are forgotten. */
const kept = 10_000;
const enough = 1_000;
/** So often the hold time is reckoned anew, to be kept on disk where it has moved by a tenth. */
const reckonedEvery = 500;

type Settings = Pick<Store, "setting" | "putSetting">;

interface Seen {
  afterMs: number[];
  /** Since the hold time was reckoned last. */
  fresh: number;
}

/**
 * How long each platform takes to tell of what it was sent: so long an unanswered call is worth waiting for. A restart
 * begins with the hold time of before, for a platform that is slow to tell does not become quick by it.
 */
export class Echoes {
  readonly #settings: Settings;
  readonly #seen = new Map<PlatformName, Seen>();
  readonly #keptMs = new Map<PlatformName, number>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** What an earlier run had learned. */
  async load(platforms: readonly Pick<Platform, "name">[]): Promise<void> {
    for (const { name } of platforms) {
      const holdMs = Number(await this.#settings.setting(settingOf(name)));
      if (holdMs > 0) this.#keptMs.set(name, bounded(holdMs));
    }
  }

  observe({ name }: Pick<Platform, "name">, afterMs: readonly number[]): void {
    if (afterMs.length === 0) return;
    const seen = this.#seen.get(name) ?? { afterMs: [], fresh: 0 };
    this.#seen.set(name, seen);
    seen.afterMs.push(...afterMs);
    if (seen.afterMs.length > kept) seen.afterMs = seen.afterMs.slice(-kept);
    seen.fresh += afterMs.length;
    if (seen.fresh < reckonedEvery || seen.afterMs.length < enough) return;
    seen.fresh = 0;
    const holdMs = reckon(seen.afterMs);
    const before = this.#keptMs.get(name) ?? firstHoldMs;
    if (Math.abs(holdMs - before) <= before / 10) return;
    this.#keptMs.set(name, holdMs);
    // What cannot be stored now costs no more than the next run's first holds.
    this.#settings.putSetting(settingOf(name), String(holdMs)).catch(() => undefined);
  }

  /** Twice the p99.9 of what was observed, once that is enough; 0 where nothing comes back by itself. */
  holdMs({ name, reconcile }: Pick<Platform, "name" | "reconcile">): number {
    if (!reconcile) return 0;
    const seen = this.#seen.get(name)?.afterMs ?? [];
    return seen.length < enough ? (this.#keptMs.get(name) ?? firstHoldMs) : reckon(seen);
  }
}

function reckon(afterMs: readonly number[]): number {
  const sorted = afterMs.toSorted((a, b) => a - b);
  return bounded(2 * (sorted[Math.ceil(sorted.length * 0.999) - 1] ?? firstHoldMs));
}

function bounded(holdMs: number): number {
  return Math.min(longestHoldMs, Math.max(shortestHoldMs, holdMs));
}

function settingOf(name: PlatformName): string {
  return `echo_hold_ms ${name}`;
}
