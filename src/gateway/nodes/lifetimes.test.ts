import assert from "node:assert/strict";
import { test } from "node:test";
import type { NodeRow } from "../../store/leasing.ts";
import { Lifetimes } from "./lifetimes.ts";

const at = (asked: number, answered = asked) => ({ asked, answered });

/** Looks at it every second until then, and tells what the last look found. */
function looked(lifetimes: Lifetimes, node: NodeRow, from: number, until: number): NodeRow[] {
  for (let now = from; now < until; now += 1_000) assert.deepEqual(lifetimes.silent([node], at(now)), []);
  return lifetimes.silent([node], at(until));
}

test("a node is silent when its beat has stood still for the whole lease, as seen from here", () => {
  const lifetimes = new Lifetimes(5_000);
  const node = { id: "a", beat: 7 };
  assert.deepEqual(looked(lifetimes, node, 100_000, 104_999), []);
  assert.deepEqual(lifetimes.silent([node], at(105_000)), [node]);
});

test("each new beat begins the lease anew, and one that was gone and is back has all of it", () => {
  const lifetimes = new Lifetimes(5_000);
  assert.deepEqual(looked(lifetimes, { id: "a", beat: 1 }, 0, 4_000), []);
  assert.deepEqual(looked(lifetimes, { id: "a", beat: 2 }, 6_000, 10_999), []);
  lifetimes.silent([], at(11_000));
  assert.deepEqual(lifetimes.silent([{ id: "a", beat: 2 }], at(11_500)), []);
});

test("a look that took long counts for the node: seen when it was answered, judged when it was asked", () => {
  const lifetimes = new Lifetimes(5_000);
  const node = { id: "a", beat: 1 };
  lifetimes.silent([node], at(0, 3_000));
  assert.deepEqual(looked(lifetimes, node, 4_000, 7_999), []);
  assert.deepEqual(lifetimes.silent([node], at(8_000, 20_000)), [node]);
});

test("after a time in which nobody could be seen, others have time to show a beat before they are ended", () => {
  const lifetimes = new Lifetimes(5_000);
  const node = { id: "a", beat: 1 };
  looked(lifetimes, node, 0, 1_000);
  assert.deepEqual(lifetimes.silent([node], at(60_000)), []);
  assert.deepEqual(looked(lifetimes, node, 61_000, 62_499), []);
  assert.deepEqual(lifetimes.silent([node], at(62_500)), [node]);
});

test("it tells when the next of them is silent for as long as the lease", () => {
  const lifetimes = new Lifetimes(5_000);
  assert.equal(lifetimes.nextMs, Number.POSITIVE_INFINITY);
  looked(lifetimes, { id: "a", beat: 1 }, 0, 2_000);
  assert.equal(lifetimes.nextMs, 3_000);
  lifetimes.silent([{ id: "a", beat: 2 }], at(2_500));
  assert.equal(lifetimes.nextMs, 5_000);
});
