import type { Work } from "./db.ts";

/** What `work` makes of each, one after the other: a callback of `map` cannot ask the database. */
export function* each<One, Made>(all: Iterable<One>, work: (one: One) => Work<Made>): Work<Made[]> {
  const made: Made[] = [];
  for (const one of all) made.push(yield* work(one));
  return made;
}

/** Those that `work` says yes to, asked one after the other. */
export function* chosen<One>(all: Iterable<One>, work: (one: One) => Work<boolean>): Work<One[]> {
  const some: One[] = [];
  for (const one of all) if (yield* work(one)) some.push(one);
  return some;
}
