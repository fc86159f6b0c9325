/** How often the event loop should come round to a timer, in ms. */
const everyMs = 10;
/** A turn that is longer than this leaves the requests that it still meets to another time. */
const patienceMs = 40;

/** Tells whether the event loop is behind: then a request that is begun delays what was accepted before it. */
export class Pressure {
  #roundAt = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      this.#roundAt = performance.now();
    }, everyMs).unref();
  }

  /** Costs less than a microsecond, and knows of the turn that is under way. */
  get isHigh(): boolean {
    return performance.now() - this.#roundAt > everyMs + patienceMs;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
