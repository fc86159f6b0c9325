interface Waiter {
  resolve: (hasPassed: boolean) => void;
  timer: NodeJS.Timeout | undefined;
}

/** What is entered and left. */
export interface Passage {
  enter(withinMs: number): Promise<boolean>;
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
    leave() {
      second.leave();
      first.leave();
    },
  };
}

export interface GateRules {
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
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(rules: GateRules) {
    this.#rules = rules;
  }

  /** False after `withinMs`, or when the gate was closed; true is to be followed by one `leave`. */
  enter(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const waiter: Waiter = { resolve, timer: undefined };
      this.#waiting.add(waiter);
      this.#open();
      if (!this.#waiting.has(waiter)) return;
      if (this.#isClosed) this.#dismiss(waiter, false);
      // Infinity and more than setTimeout holds: no timer is needed, the lane looks again when it is woken.
      else if (withinMs < 2 ** 31) waiter.timer = setTimeout(() => this.#dismiss(waiter, false), withinMs);
    });
  }

  leave(): void {
    this.#inside--;
    this.#open();
  }

  /** Sends away who waits; who is inside may end. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const waiter of this.#waiting) this.#dismiss(waiter, false);
  }

  #open(): void {
    clearTimeout(this.#timer);
    for (const waiter of this.#waiting) {
      if (this.#isClosed || this.#inside >= this.#rules.size) return;
      const waitMs = this.#rules.waitMs();
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.#open(), Math.min(waitMs, 86_400_000));
        return;
      }
      this.#inside++;
      this.#rules.passed();
      this.#dismiss(waiter, true);
    }
  }

  #dismiss(waiter: Waiter, hasPassed: boolean): void {
    clearTimeout(waiter.timer);
    this.#waiting.delete(waiter);
    waiter.resolve(hasPassed);
  }
}
