interface Ranked {
  /** Others, for whom somebody outside waits, go first. */
  isPatient: boolean;
}

/** What waits for a transaction, in its order, and what is patient behind all else. */
export class Waiting<Intention extends Ranked> {
  #urgent: Intention[] = [];
  #patient: Intention[] = [];

  get length(): number {
    return this.#urgent.length + this.#patient.length;
  }

  add(intention: Intention): void {
    (intention.isPatient ? this.#patient : this.#urgent).push(intention);
  }

  /** For one transaction. Of `most` a quarter is kept for what is patient, so that it gets on however much else there is. */
  take(most = Number.POSITIVE_INFINITY): Intention[] {
    const kept = Math.min(this.#patient.length, Math.floor(most / 4));
    const urgent = this.#urgent.splice(0, most - kept);
    return [...urgent, ...this.#patient.splice(0, most - urgent.length)];
  }

  /** Those of a group that its transaction has not come to. */
  putBack(rest: readonly Intention[]): void {
    this.#patient = [...rest, ...this.#patient];
  }
}

/**
 * How long one transaction goes on with what is patient, where there is much of it: whoever asks meanwhile stands behind
 * no more. It does one at least.
 */
export class Stint {
  readonly #ms: number;
  #until: number | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  isOverFor({ isPatient }: Ranked): boolean {
    if (!isPatient) return false;
    const now = performance.now();
    this.#until ??= now + this.#ms;
    return now > this.#until;
  }
}
