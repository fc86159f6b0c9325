import type { Platform } from "../core/platform.ts";

const firstHoldMs = 60_000;
const longestHoldMs = 15 * 60_000;
const shortestHoldMs = 1_000;
/** Of so many no more than ten lie above the p99.9; older ones are forgotten. */
const kept = 10_000;
const enough = 1_000;

/** How long each platform takes to tell of what it was sent: so long an unanswered call is worth waiting for. */
export class Echoes {
  readonly #seen = new Map<Platform["name"], number[]>();

  observe(platform: Platform, afterMs: readonly number[]): void {
    const seen = this.#seen.get(platform.name) ?? [];
    seen.push(...afterMs);
    this.#seen.set(platform.name, seen.length > kept ? seen.slice(-kept) : seen);
  }

  /** Twice the p99.9 of what was observed, once that is enough; 0 where nothing comes back by itself. */
  holdMs(platform: Platform): number {
    if (!platform.reconcile) return 0;
    const seen = this.#seen.get(platform.name) ?? [];
    if (seen.length < enough) return firstHoldMs;
    const sorted = seen.toSorted((a, b) => a - b);
    const latest = sorted[Math.ceil(sorted.length * 0.999) - 1] ?? firstHoldMs;
    return Math.min(longestHoldMs, Math.max(shortestHoldMs, 2 * latest));
  }
}
