interface Ranked {
  /** Others, for whom somebody outside waits, go first. */
  isPatient: boolean;
}

/** How many one transaction takes at most. */
interface Most {
  all: number;
  /** By number and not by time: the same that is asked for is stored in the same transactions each time. */
  patient: number;
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

  /** For one transaction. What is patient gets on however much else there is. */
  take({ all, patient }: Most): Intention[] {
    const kept = Math.min(this.#patient.length, patient);
    return [...this.#urgent.splice(0, all - kept), ...this.#patient.splice(0, kept)];
  }
}
