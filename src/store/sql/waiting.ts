interface Ranked {
  /** Others, for whom somebody outside waits, go first. */
  isPatient: boolean;
}

/** So long a transaction goes on with what is patient: whoever asks meanwhile stands behind no more of it. */
const stintMs = 40;

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

/** How long one transaction has gone on with what is patient: it does one of these at least. */
export class Stint {
  #until: number | undefined;

  isOverFor({ isPatient }: Ranked): boolean {
    if (!isPatient) return false;
    const now = performance.now();
    this.#until ??= now + stintMs;
    return now > this.#until;
  }
}
