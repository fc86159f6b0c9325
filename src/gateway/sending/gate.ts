import type { Clock } from "../../core/clock.ts";

interface Waiter {
  resolve: (hasPassed: boolean) => void;
  cancel: () => void;
}

/** What is entered and left. */
export interface Passage {
  enter(withinMs: number): Promise<boolean>;
  /** Whether one may pass now, and nobody waits who came before. */
  isFree(): boolean;
  /** Passes at once where it is free; true is to be followed by one `leave`. */
  pass(): boolean;
  leave(): void;
}

/** Two gates, the second behind the first. */
export function inTurn(first: Passage, second: Passage): Passage {
  return {
    async enter(withinMs) {
      if (!(await first.enter(withinMs))) return false;
      const hasPassed = await second.enter(withinMs);
      if (!hasPassed) first.leave();
      return hasPassed;
    },
    isFree: () => first.isFree() && second.isFree(),
    // Both or none: who has passed one has used it.
    pass: () => first.isFree() && second.isFree() && first.pass() && second.pass(),
    leave() {
      second.leave();
      first.leave();
    },
  };
}

export interface GateRules {
  clock: Clock;
  /** How many may be inside at a time. */
  size: number;
  /** How long until the next may pass, in ms; 0: now. */
  waitMs: () => number;
  /** One has passed. */
  passed: () => void;
}

/** What all lanes of a channel go through: first come, first served, so many at a time, at the channel's pace. */
export class Gate implements Passage {
  readonly #rules: GateRules;
  readonly #waiting = new Set<Waiter>();
  #inside = 0;
  #cancel = () => {};
  #isClosed = false;

  constructor(rules: GateRules) {
    this.#rules = rules;
  }

  /** False after `withinMs`, or when the gate was closed; true is to be followed by one `leave`. */
  enter(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter: Waiter = { resolve, cancel: () => {} };
      this.#waiting.add(waiter);
      this.#open();
      if (!this.#waiting.has(waiter)) return;
      if (this.#isClosed) this.#dismiss(waiter, false);
      else waiter.cancel = this.#rules.clock.after(withinMs, () => this.#dismiss(waiter, false));
    });
  }

  isFree(): boolean {
    const hasRoom = !this.#isClosed && this.#waiting.size === 0 && this.#inside < this.#rules.size;
    return hasRoom && this.#rules.waitMs() <= 0;
  }

  pass(): boolean {
    if (!this.isFree()) return false;
    this.#inside++;
    this.#rules.passed();
    return true;
  }

  leave(): void {
    this.#inside--;
    this.#open();
  }

  /** Sends away who waits; who is inside may end. */
  close(): void {
    this.#isClosed = true;
    this.#cancel();
    for (const waiter of this.#waiting) this.#dismiss(waiter, false);
  }

  #open(): void {
    this.#cancel();
    for (const waiter of this.#waiting) {
      if (this.#isClosed || this.#inside >= this.#rules.size) return;
      const waitMs = this.#rules.waitMs();
      if (waitMs > 0) {
        this.#cancel = this.#rules.clock.after(waitMs, () => this.#open());
        return;
      }
      this.#inside++;
      this.#rules.passed();
      this.#dismiss(waiter, true);
    }
  }

  #dismiss(waiter: Waiter, hasPassed: boolean): void {
    waiter.cancel();
    this.#waiting.delete(waiter);
    waiter.resolve(hasPassed);
  }
}
