interface Waiter {
  bytes: number;
  resolve: () => void;
}

/** Bytes of memory that many share: first come, first served. What is taken is to be given back. */
export class Budget {
  #free: number;
  readonly #waiting: Waiter[] = [];

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** Fulfils when there are so many; at most what the whole holds. */
  take(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ bytes, resolve });
      this.#serve();
    });
  }

  give(bytes: number): void {
    this.#free += bytes;
    this.#serve();
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && next.bytes <= this.#free; next = this.#waiting[0]) {
      this.#free -= next.bytes;
      this.#waiting.shift();
      next.resolve();
    }
  }
}
