import type { Clock } from "../core/clock.ts";

const atMostEveryMs = 1_000;

interface Hint {
  clock: Clock;
  /** Whether the reader, as it is now, sees one of these channels. */
  mayTell: (channelIds: readonly string[]) => boolean;
  tell: () => void;
}

/**
 * Says that messages were accepted: what waits to be sent is no event yet, and a list that shows it would only look again
 * by and by. At once, then not for a second, then once for all that were accepted in it.
 */
export class AcceptedHint {
  readonly #hint: Hint;
  #cancel: (() => void) | undefined;
  /** Of which more was accepted since it was told. */
  readonly #again = new Set<string>();

  constructor(hint: Hint) {
    this.#hint = hint;
  }

  accepted(channelId: string): void {
    if (this.#cancel) this.#again.add(channelId);
    else this.#tell([channelId]);
  }

  stop(): void {
    this.#cancel?.();
  }

  #tell(channelIds: readonly string[]): void {
    if (!this.#hint.mayTell(channelIds)) return;
    this.#hint.tell();
    this.#cancel = this.#hint.clock.after(atMostEveryMs, () => {
      const again = [...this.#again];
      this.#again.clear();
      this.#cancel = undefined;
      if (again.length > 0) this.#tell(again);
    });
  }
}
