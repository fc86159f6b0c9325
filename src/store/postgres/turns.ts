/**
 * Who may go on, of reads and commits: reads go side by side, a commit alone. So nothing is told as stored between the
 * moment that a read sees and its answer, which on SQLite come at once; what the gateway decides by a read is still so.
 */
export class Turns {
  #reading = 0;
  #isCommitting = false;
  readonly #waiting: { isCommit: boolean; begin: () => void }[] = [];

  /** Gives what ends the turn. */
  read(): Promise<() => void> {
    return this.#enter(false);
  }

  commit(): Promise<() => void> {
    return this.#enter(true);
  }

  #enter(isCommit: boolean): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<() => void>();
    this.#waiting.push({ isCommit, begin: () => resolve(() => this.#leave(isCommit)) });
    this.#goOn();
    return promise;
  }

  #leave(isCommit: boolean): void {
    if (isCommit) this.#isCommitting = false;
    else this.#reading--;
    this.#goOn();
  }

  /** In the order in which they came: reads that keep coming do not keep a commit waiting. */
  #goOn(): void {
    for (let next = this.#waiting[0]; next && !this.#isCommitting; next = this.#waiting[0]) {
      if (next.isCommit && this.#reading > 0) return;
      this.#waiting.shift();
      if (next.isCommit) this.#isCommitting = true;
      else this.#reading++;
      next.begin();
    }
  }
}
