interface Entry {
  at: number;
  /** Of two at the same instant, the one that was planned first. */
  turn: number;
  run: () => void;
  isCancelled: boolean;
}

/** Everything that is still to happen, on a time of its own: nothing passes but by what happens next. */
export class Agenda {
  #now = 0;
  #turns = 0;
  /** A binary heap, the next at its top. */
  readonly #heap: Entry[] = [];

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.#now;
  }

  /** Gives what takes it back. */
  in(ms: number, run: () => void): () => void {
    const entry = {
      at: this.#now + Math.max(0, Math.ceil(ms)),
      turn: this.#turns++,
      run,
      isCancelled: false,
    };
    this.#push(entry);
    return () => {
      entry.isCancelled = true;
    };
  }

  /** Lets the next thing happen; false when nothing is left. */
  step(): boolean {
    for (let entry = this.#pop(); entry; entry = this.#pop()) {
      if (entry.isCancelled) continue;
      this.#now = entry.at;
      entry.run();
      return true;
    }
    return false;
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if (!isBefore(entry, heap[above]!)) break;
      heap[place] = heap[above]!;
      place = above;
    }
    heap[place] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last) this.#sink(last);
    return top;
  }

  #sink(entry: Entry): void {
    const heap = this.#heap;
    let place = 0;
    for (let below = 1; below < heap.length; below = 2 * place + 1) {
      if (below + 1 < heap.length && isBefore(heap[below + 1]!, heap[below]!)) below++;
      if (isBefore(entry, heap[below]!)) break;
      heap[place] = heap[below]!;
      place = below;
    }
    heap[place] = entry;
  }
}

function isBefore(left: Entry, right: Entry): boolean {
  return left.at < right.at || (left.at === right.at && left.turn < right.turn);
}
