import assert from "node:assert/strict";
import { test } from "node:test";
import { Lifetimes } from "./lifetimes.ts";

const at = (asked: number, answered = asked) => ({ asked, answered });

test("a node is silent when its beat has stood still for the whole lease, as seen from here", () => {
  const lifetimes = new Lifetimes(5_000);
  const node = { id: "a", beat: 7 };
  assert.deepEqual(lifetimes.silent([node], at(100_000)), []);
  assert.deepEqual(lifetimes.silent([node], at(104_999)), []);
  assert.deepEqual(lifetimes.silent([node], at(105_000)), [node]);
});

test("each new beat begins the lease anew, and one that was gone and is back has all of it", () => {
  const lifetimes = new Lifetimes(5_000);
  lifetimes.silent([{ id: "a", beat: 1 }], at(0));
  assert.deepEqual(lifetimes.silent([{ id: "a", beat: 2 }], at(6_000)), []);
  assert.deepEqual(lifetimes.silent([{ id: "a", beat: 2 }], at(10_999)), []);
  lifetimes.silent([], at(11_000));
  assert.deepEqual(lifetimes.silent([{ id: "a", beat: 2 }], at(11_500)), []);
});

test("a look that took long counts for the node: seen when it was answered, judged when it was asked", () => {
  const lifetimes = new Lifetimes(5_000);
  const node = { id: "a", beat: 1 };
  lifetimes.silent([node], at(0, 3_000));
  assert.deepEqual(lifetimes.silent([node], at(7_999, 20_000)), []);
  assert.deepEqual(lifetimes.silent([node], at(8_000, 20_000)), [node]);
});
