/** How often the event loop should come round to a timer, in ms. */
const everyMs = 10;
/** So long may a turn begin requests; what else comes in it waits for a later one. */
const turnMs = 20;
/** So many wait at most; beyond it is refused. As many arrive at once without being a flood. */
const maxWaiting = 1_000;

interface Waiting {
  begin(): void;
  /** Nobody waits for the answer any more. */
  isGone(): boolean;
}

/**
 * Spreads requests over turns of the event loop: each turn begins some, so that what was accepted before, calls to
 * platforms above all, comes to its turn however many requests arrive.
 */
export class Intake {
  #roundAt = performance.now();
  #waiting: Waiting[] = [];
  #next: NodeJS.Immediate | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      this.#roundAt = performance.now();
    }, everyMs).unref();
  }

  /** Begins it now or soon; false when too many wait. */
  take(request: Waiting): boolean {
    if (this.#waiting.length === 0 && performance.now() - this.#roundAt < everyMs + turnMs) {
      request.begin();
      return true;
    }
    if (this.#waiting.length >= maxWaiting) return false;
    this.#waiting.push(request);
    this.#next ??= setImmediate(() => this.#beginSome());
    return true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beginSome(): void {
    const startedMs = performance.now();
    let begun = 0;
    while (begun < this.#waiting.length && performance.now() - startedMs < turnMs) {
      const request = this.#waiting[begun++]!;
      if (!request.isGone()) request.begin();
    }
    this.#waiting = this.#waiting.slice(begun);
    this.#next = this.#waiting.length > 0 ? setImmediate(() => this.#beginSome()) : undefined;
  }
}
