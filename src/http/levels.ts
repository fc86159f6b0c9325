import type { Clock } from "../core/clock.ts";
import type { Store } from "../store/store.ts";
import type { GaugeName, Sample } from "./gauges.ts";
import { stepMs, steps } from "./recent.ts";

/** Twice in each step, so that one look that comes late leaves no gap. */
const lookEveryMs = stepMs / 2;

/** How much of something waited at most in each step of the last hour, oldest first; null: nobody looked. */
export interface Level {
  name: GaugeName;
  labels: Record<string, string>;
  values: (number | null)[];
}

/** What waits, looked at now and then since the start: in memory, and gone with the process. */
export class Levels {
  readonly #store: Pick<Store, "backlog" | "counts">;
  readonly #clock: Pick<Clock, "now" | "after">;
  /** By what waits, then by step. */
  readonly #highest = {
    calls: new Map<number, number>(),
    webhooks: new Map<number, number>(),
    deliveries: new Map<number, number>(),
  };
  #cancel: (() => void) | undefined;
  #isStopped = false;

  constructor(parts: { store: Pick<Store, "backlog" | "counts">; clock: Pick<Clock, "now" | "after"> }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
  }

  start(): void {
    void this.look().finally(() => {
      if (!this.#isStopped) this.#cancel = this.#clock.after(lookEveryMs, () => this.start());
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** A store that refuses leaves a gap: others tell of it. */
  async look(): Promise<void> {
    const found = await Promise.all([this.#store.backlog(""), this.#store.counts()]).catch(() => undefined);
    if (!found) return;
    const [{ all }, { deliveries }] = found;
    this.#keep({ calls: all.queued, webhooks: all.unread, deliveries: deliveries.pending ?? 0 });
  }

  /** As was counted just now for somebody else. */
  take(samples: readonly Sample[]): void {
    const found = (name: GaugeName, label: string, value: string) =>
      samples.find((one) => one.name === name && one.labels[label] === value)?.value ?? 0;
    this.#keep({
      calls: found("antiphon_backlog", "of", "calls"),
      webhooks: found("antiphon_backlog", "of", "webhooks"),
      deliveries: found("antiphon_deliveries", "state", "pending"),
    });
  }

  told(): Level[] {
    const now = this.#step();
    const valuesOf = (highest: Map<number, number>) =>
      Array.from({ length: steps }, (_, index) => highest.get(now - steps + 1 + index) ?? null);
    const { calls, webhooks, deliveries } = this.#highest;
    return [
      { name: "antiphon_backlog", labels: { of: "calls" }, values: valuesOf(calls) },
      { name: "antiphon_backlog", labels: { of: "webhooks" }, values: valuesOf(webhooks) },
      { name: "antiphon_deliveries", labels: { state: "pending" }, values: valuesOf(deliveries) },
    ];
  }

  #keep(waiting: Record<"calls" | "webhooks" | "deliveries", number>): void {
    const now = this.#step();
    for (const what of ["calls", "webhooks", "deliveries"] as const) {
      const highest = this.#highest[what];
      highest.set(now, Math.max(waiting[what], highest.get(now) ?? 0));
      // A clock that was set back leaves steps that are to come.
      for (const step of highest.keys()) if (step <= now - steps || step > now) highest.delete(step);
    }
  }

  #step(): number {
    return Math.floor(this.#clock.now() / stepMs);
  }
}
