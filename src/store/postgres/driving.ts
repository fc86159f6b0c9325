import type { Answer, Statement, Work } from "../sql/db.ts";

/** Asks for each statement in its turn, until the work is done. */
export async function drive<Result>(
  work: Work<Result>,
  ask: (statement: Statement) => Promise<Answer>,
): Promise<Result> {
  const steps = work[Symbol.iterator]();
  let step = steps.next();
  while (!step.done) {
    let answer: Answer;
    try {
      answer = await ask(step.value);
    } catch (error) {
      if (!steps.throw) throw error;
      step = steps.throw(error);
      continue;
    }
    step = steps.next(answer);
  }
  return step.value;
}
