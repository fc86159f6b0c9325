/** Work on the same thing waits for what was asked for before; on another it waits for nothing. */
export class OneAtATime {
  /** The last of each that is not over yet. */
  readonly #last = new Map<string, Promise<unknown>>();

  async inTurn<Result>(id: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(id);
    const turn = before ? before.then(work) : work();
    const over = turn.then(
      () => {},
      () => {},
    );
    this.#last.set(id, over);
    try {
      return await turn;
    } finally {
      if (this.#last.get(id) === over) this.#last.delete(id);
    }
  }
}
