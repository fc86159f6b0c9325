import type { Answer, Statement, Work } from "../sql/db.ts";

/** SQLite's answer, which is there before anything could wait for it: for `yield*` a work that is over at its first step. */
class Answered<Result> implements Iterator<Statement, Result, Answer>, IteratorReturnResult<Result> {
  readonly done = true;
  readonly value: Result;

  constructor(value: Result) {
    this.value = value;
  }

  next(): this {
    return this;
  }

  [Symbol.iterator](): this {
    return this;
  }
}

export function answered<Result>(value: Result): Work<Result> {
  return new Answered(value);
}

/** Does the whole of a work at once. */
export function done<Result>(work: Work<Result>): Result {
  const step = work[Symbol.iterator]().next();
  if (step.done) return step.value;
  throw new Error("Something other than SQLite was asked inside of SQLite's work.");
}
