interface Waiter {
  keys: string[];
  resolve: (isInside: boolean) => void;
}

/** Who fetches a file: it takes a place of its channel and of its host. */
export interface FileOwner {
  channelId: string;
  host: string;
}

/** Each holds a file of up to 50 MB in memory, and a copy of it while it is sent. */
const sizes = { all: 4, channel: 3, host: 2 };

/**
 * Places for files on their way: so many at a time, and fewer of one channel and of one host, so that a host that
 * never answers leaves places to others. First come, first served among those that there is a place for.
 */
export class FilePlaces {
  readonly #waiting = new Set<Waiter>();
  readonly #inside = new Map<string, number>();

  /** False when `given up` first; true is to be followed by one `leave`. */
  enter(owner: FileOwner, givenUp: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (givenUp.aborted) return resolve(false);
      const onAbort = () => {
        this.#waiting.delete(waiter);
        resolve(false);
      };
      const enter = (isInside: boolean) => {
        givenUp.removeEventListener("abort", onAbort);
        resolve(isInside);
      };
      const waiter = { keys: keysOf(owner), resolve: enter };
      givenUp.addEventListener("abort", onAbort, { once: true });
      this.#waiting.add(waiter);
      this.#open();
    });
  }

  leave(owner: FileOwner): void {
    for (const key of keysOf(owner)) this.#count(key, -1);
    this.#open();
  }

  #open(): void {
    for (const waiter of this.#waiting) {
      if (this.#isFull("all")) return;
      if (waiter.keys.some((key) => this.#isFull(key))) continue;
      for (const key of waiter.keys) this.#count(key, 1);
      this.#waiting.delete(waiter);
      waiter.resolve(true);
    }
  }

  #isFull(key: string): boolean {
    const kind = key.split(" ", 1)[0] as keyof typeof sizes;
    return (this.#inside.get(key) ?? 0) >= sizes[kind];
  }

  #count(key: string, change: 1 | -1): void {
    const count = (this.#inside.get(key) ?? 0) + change;
    if (count === 0) this.#inside.delete(key);
    else this.#inside.set(key, count);
  }
}

function keysOf({ channelId, host }: FileOwner): string[] {
  return ["all", `channel ${channelId}`, `host ${host}`];
}
