import type { Handling, SimulatedAnswer } from "../core/simulation.ts";
import type { Mailbox } from "./mailbox.ts";

type Waiting = Extract<Handling, { kind: "wait" }>;
type Transaction = <Result>(work: () => Result) => Result;

/** Calls that are held open until there is something to tell: long polls. One at a time for each key. */
export class Waiters {
  readonly #mailbox: Mailbox;
  readonly #open = new Map<string, (answer: SimulatedAnswer) => void>();

  constructor(mailbox: Mailbox) {
    this.#mailbox = mailbox;
  }

  /** Ends the wait of `key`, if there is one, with `answer`. */
  oust(key: string, answer: SimulatedAnswer): void {
    this.#open.get(key)?.(answer);
  }

  wait(waiting: Waiting, gone: AbortSignal, transaction: Transaction): Promise<SimulatedAnswer> {
    this.oust(waiting.key, waiting.ousted);
    return new Promise((resolve, reject) => {
      const finish = (answer: SimulatedAnswer) => {
        if (this.#open.get(waiting.key) === finish) this.#open.delete(waiting.key);
        stopListening();
        clearTimeout(timer);
        gone.removeEventListener("abort", leave);
        resolve(answer);
      };
      const attempt = (last: boolean) => {
        try {
          const answer = transaction(() => waiting.attempt(last));
          if (answer) finish(answer);
        } catch (error) {
          reject(error as Error);
        }
      };
      // Nothing is confirmed by an answer that nobody reads: the updates stay for the next call.
      const leave = () => finish(waiting.ousted);
      const timer = setTimeout(() => attempt(true), waiting.seconds * 1000);
      const stopListening = this.#mailbox.listen(() => attempt(false));
      gone.addEventListener("abort", leave);
      this.#open.set(waiting.key, finish);
      attempt(waiting.seconds === 0);
    });
  }
}
