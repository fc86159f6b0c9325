import type { Clock } from "../../core/clock.ts";

export interface LinkFailure {
  /** A clause why there is no file. */
  reason: string;
  hint?: string;
}

const rememberMs = 60_000;
const maxLinks = 1_000;

/** The links that gave no file a moment ago: a message to many people asks for its photo once, not once for each. */
export class FailedLinks {
  readonly #clock: Clock;
  readonly #failures = new Map<string, { failure: LinkFailure; untilMs: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get(link: string): LinkFailure | undefined {
    const known = this.#failures.get(link);
    if (known && known.untilMs > this.#clock.steady()) return known.failure;
    this.#failures.delete(link);
    return undefined;
  }

  /** The oldest is forgotten for the newest. */
  add(link: string, failure: LinkFailure): void {
    this.#failures.delete(link);
    this.#failures.set(link, { failure, untilMs: this.#clock.steady() + rememberMs });
    for (const oldest of this.#failures.keys()) {
      if (this.#failures.size <= maxLinks) return;
      this.#failures.delete(oldest);
    }
  }
}
