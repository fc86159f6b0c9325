import type { Clock } from "../core/clock.ts";

const atMostEveryMs = 1_000;

interface Hint {
  clock: Clock;
  tell: () => void;
}

/**
 * Says that messages were accepted: what waits to be sent is no event yet, and a list that shows it would only look again
 * by and by. At once, then not for a second, then once for all that were accepted in it.
 */
export class AcceptedHint {
  readonly #hint: Hint;
  #cancel: (() => void) | undefined;
  #isAgain = false;

  constructor(hint: Hint) {
    this.#hint = hint;
  }

  accepted(): void {
    if (this.#cancel) this.#isAgain = true;
    else this.#tell();
  }

  stop(): void {
    this.#cancel?.();
  }

  #tell(): void {
    this.#isAgain = false;
    this.#hint.tell();
    this.#cancel = this.#hint.clock.after(atMostEveryMs, () => {
      this.#cancel = undefined;
      if (this.#isAgain) this.#tell();
    });
  }
}
