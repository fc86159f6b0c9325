import assert from "node:assert/strict";
import { test } from "node:test";
import { Waiting } from "./waiting.ts";

const urgent = (name: string) => ({ name, isPatient: false });
const patient = (name: string) => ({ name, isPatient: true });

function waiting(...some: ReturnType<typeof urgent>[]) {
  const all = new Waiting<ReturnType<typeof urgent>>();
  for (const one of some) all.add(one);
  return all;
}

const names = (some: { name: string }[]) => some.map(({ name }) => name).join(" ");

test("what is patient goes behind all else, each in its order, and much of it in several transactions", () => {
  const most = { all: Number.POSITIVE_INFINITY, patient: 2 };
  const all = waiting(patient("p1"), urgent("u1"), patient("p2"), urgent("u2"), patient("p3"));
  assert.equal(names(all.take(most)), "u1 u2 p1 p2");
  all.add(urgent("u3"));
  assert.equal(all.length, 2);
  assert.equal(names(all.take(most)), "u3 p3");
  assert.equal(all.length, 0);
});

test("what is patient gets on however much else there is", () => {
  const all = waiting(...[1, 2, 3, 4, 5].map((n) => urgent(`u${n}`)), patient("p1"), patient("p2"));
  assert.equal(names(all.take({ all: 4, patient: 1 })), "u1 u2 u3 p1");
  assert.equal(names(all.take({ all: 4, patient: 1 })), "u4 u5 p2");
});
