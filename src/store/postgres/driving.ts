import type { Answer, Statement, Work } from "../sql/db.ts";

const unread: Answer = { rows: [], changed: 0 };

/**
 * Asks for each statement in its turn, until the work is done. One whose answer nobody reads goes out with the next that
 * is read: the work goes on at once, and fails, then or at its end, as if it had waited.
 */
export async function drive<Result>(
  work: Work<Result>,
  ask: (statement: Statement) => Promise<Answer>,
): Promise<Result> {
  const sent = new Sent(ask);
  const steps = work[Symbol.iterator]();
  let step = steps.next();
  while (!step.done) {
    if (step.value.isUnread) {
      sent.send(step.value);
      step = steps.next(unread);
      continue;
    }
    let answer: Answer;
    try {
      answer = await ask(step.value);
    } catch (error) {
      // After the first failure of a transaction all others only follow from it.
      const first = await sent.failure();
      if (!steps.throw) throw first ?? error;
      step = steps.throw(first ?? error);
      continue;
    }
    step = steps.next(answer);
  }
  const failure = await sent.failure();
  if (failure !== undefined) throw failure;
  return step.value;
}

/** What was sent and not waited for. Answers come in the order of what was asked. */
class Sent {
  readonly #ask: (statement: Statement) => Promise<Answer>;
  #failure: unknown;
  #last: Promise<void> | undefined;

  constructor(ask: (statement: Statement) => Promise<Answer>) {
    this.#ask = ask;
  }

  send(statement: Statement): void {
    this.#last = this.#ask(statement).then(
      () => {},
      (error) => {
        this.#failure ??= error;
      },
    );
  }

  /** Of the first that failed, once all are answered. */
  async failure(): Promise<unknown> {
    await this.#last;
    return this.#failure;
  }
}
