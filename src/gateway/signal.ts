/** A wake-up with no promise: listeners look into the store for what is true. */
export class Signal<Value> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** Gives the function that stops listening. */
  listen(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  raise(value: Value): void {
    for (const listener of this.#listeners) listener(value);
  }
}
