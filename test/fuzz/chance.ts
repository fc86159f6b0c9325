/** Repeatable chance: the same seed gives the same run (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 up to, but not, `below`. */
  int(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  }

  /** From 0 up to, but not, 1: what `Math.random` gives. */
  fraction(): number {
    return this.int(2 ** 32) / 2 ** 32;
  }

  of<Value>(values: readonly Value[]): Value {
    return values[this.int(values.length)]!;
  }

  /** One time in `times`. */
  once(times: number): boolean {
    return this.int(times) === 0;
  }
}
