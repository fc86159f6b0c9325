import assert from "node:assert/strict";
import { test } from "node:test";
import { Stint, Waiting } from "./waiting.ts";

const urgent = (name: string) => ({ name, isPatient: false });
const patient = (name: string) => ({ name, isPatient: true });

function waiting(...some: ReturnType<typeof urgent>[]) {
  const all = new Waiting<ReturnType<typeof urgent>>();
  for (const one of some) all.add(one);
  return all;
}

const names = (some: { name: string }[]) => some.map(({ name }) => name).join(" ");

test("what is patient goes behind all else, each in its order, and what was put back before what came later", () => {
  const all = waiting(patient("p1"), urgent("u1"), patient("p2"), urgent("u2"));
  const group = all.take();
  assert.equal(names(group), "u1 u2 p1 p2");
  all.add(patient("p3"));
  all.add(urgent("u3"));
  all.putBack(group.slice(3));
  assert.equal(names(all.take()), "u3 p2 p3");
  assert.equal(all.length, 0);
});

test("of what one transaction takes at most a quarter is kept for what is patient", () => {
  const all = waiting(...[1, 2, 3, 4, 5].map((n) => urgent(`u${n}`)), patient("p1"), patient("p2"));
  assert.equal(names(all.take(4)), "u1 u2 u3 p1");
  assert.equal(names(all.take(4)), "u4 u5 p2");
});

test("a transaction does one that is patient at least, and all that are not", () => {
  const stint = new Stint(5);
  assert.equal(stint.isOverFor(patient("p1")), false);
  const until = performance.now() + 10;
  while (performance.now() < until);
  assert.equal(stint.isOverFor(patient("p2")), true);
  assert.equal(stint.isOverFor(urgent("u1")), false);
});
