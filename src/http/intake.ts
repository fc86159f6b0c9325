/** So long may a turn of the event loop be, in ms, while requests wait. */
const turnMs = 15;
/**
 * So many requests a turn begins at first, at least and at most. The least is not little: a turn may be long for other
 * reasons, a long queue that is sent above all, and whoever asks is not to wait for the end of that.
 */
const quotas = { first: 50, least: 16, most: 100 };
/** So many wait at most; beyond it is refused. As many arrive at once without being a flood. */
const maxWaiting = 1_000;

interface Waiting {
  begin(): void;
  /** Nobody waits for the answer any more. */
  isGone(): boolean;
}

/**
 * Spreads requests over turns of the event loop, so that what was accepted before, calls to platforms above all, comes
 * to its turn however many arrive. How many a turn begins follows what they cost here: turns that took too long begin less.
 */
export class Intake {
  #quota = quotas.first;
  #begun = 0;
  #turnedAt = 0;
  #waiting: Waiting[] = [];
  #next: NodeJS.Immediate | undefined;

  /** Begins it now or soon; false when too many wait. */
  take(request: Waiting): boolean {
    if (this.#waiting.length >= maxWaiting) return false;
    if (this.#waiting.length === 0 && this.#begun < this.#quota) this.#begin(request);
    else this.#waiting.push(request);
    if (this.#next === undefined) {
      this.#turnedAt = performance.now();
      this.#next = setImmediate(() => this.#turn());
    }
    return true;
  }

  #begin(request: Waiting): void {
    this.#begun++;
    request.begin();
  }

  #turn(): void {
    const now = performance.now();
    const isLong = now - this.#turnedAt > turnMs;
    if (isLong) this.#quota = Math.max(quotas.least, Math.floor(this.#quota / 2));
    else if (this.#begun >= this.#quota) this.#quota = Math.min(quotas.most, this.#quota + 2);
    this.#turnedAt = now;
    this.#begun = 0;
    let taken = 0;
    while (taken < this.#waiting.length && this.#begun < this.#quota) {
      const request = this.#waiting[taken++]!;
      if (!request.isGone()) this.#begin(request);
    }
    this.#waiting = this.#waiting.slice(taken);
    this.#next = taken > 0 ? setImmediate(() => this.#turn()) : undefined;
  }
}
