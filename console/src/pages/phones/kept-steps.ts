import { onForget } from "../../api/on-forget.ts";
import type { AnyStep } from "./step.ts";

const maxSteps = 1_200;
/** Far more than are told again when a stream comes back. */
const maxSeen = 10_000;

/** What has happened since the page was opened first, and a little before: it stays when another page is looked at. */
export class KeptSteps {
  #steps: readonly AnyStep[] = [];
  /** In the order in which they came. */
  readonly #seen = new Set<string>();
  readonly #listeners = new Set<() => void>();
  #isTold = true;

  readonly get = (): readonly AnyStep[] => this.#steps;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  add(step: AnyStep): void {
    if (this.#seen.has(step.id)) return;
    this.#seen.add(step.id);
    if (this.#seen.size > maxSeen) this.#seen.delete(this.#seen.values().next().value ?? "");
    this.#steps = [...this.#steps.slice(-maxSteps), step];
    if (!this.#isTold) return;
    // Many come at once: they are drawn together.
    this.#isTold = false;
    setTimeout(() => {
      this.#isTold = true;
      for (const listener of this.#listeners) listener();
    }, 30);
  }

  /** What has been seen is not told anew. */
  clear(): void {
    this.#steps = [];
    for (const listener of this.#listeners) listener();
  }

  /** As if nothing had happened. */
  forget(): void {
    this.#seen.clear();
    this.clear();
  }
}

export const happenings = new KeptSteps();
onForget(() => happenings.forget());
