/** Fulfils when it has come, with what ends it. */
export type Turn = Promise<() => void>;

/**
 * Who may go on, of reads and of what tells that something is stored: reads go side by side, a telling alone. So nothing is
 * told as stored between the moment that a read sees and its answer, which on SQLite come at once; what the gateway decides
 * by a read is still so. The commit itself waits for no read, or a slow one would hold up the writers of all gateways.
 */
export class Turns {
  #reading = 0;
  #isTelling = false;
  readonly #waiting: { isTelling: boolean; begin: () => void }[] = [];

  read(): Turn {
    return this.#enter(false);
  }

  /** To be asked for before the commit that it tells of. */
  telling(): Turn {
    return this.#enter(true);
  }

  #enter(isTelling: boolean): Turn {
    const { promise, resolve } = Promise.withResolvers<() => void>();
    this.#waiting.push({ isTelling, begin: () => resolve(() => this.#leave(isTelling)) });
    this.#goOn();
    return promise;
  }

  #leave(isTelling: boolean): void {
    if (isTelling) this.#isTelling = false;
    else this.#reading--;
    this.#goOn();
  }

  /** In the order in which they came: reads that keep coming do not keep a telling waiting. */
  #goOn(): void {
    for (let next = this.#waiting[0]; next && !this.#isTelling; next = this.#waiting[0]) {
      if (next.isTelling && this.#reading > 0) return;
      this.#waiting.shift();
      if (next.isTelling) this.#isTelling = true;
      else this.#reading++;
      next.begin();
    }
  }
}
