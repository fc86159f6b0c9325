import assert from "node:assert/strict";
import { test } from "node:test";
import { levelsOf, type Measures, ratesOf, stepsOf, throughout } from "./measures.ts";

const measures: Measures = {
  step_seconds: 10,
  from: "2026-01-05T00:00:00.000Z",
  since: "2026-01-05T00:00:25.000Z",
  series: [
    { name: "calls", labels: { of: "a" }, counts: [0, 0, 10, 20, 0] },
    { name: "calls", labels: { of: "b" }, counts: [0, 0, 0, 10, 0] },
  ],
  levels: [{ name: "waiting", labels: {}, values: [null, null, 3, null, 0] }],
  now: [],
};

test("before the start there is a gap, and after it what is counted, of all that fits together", () => {
  assert.deepEqual(ratesOf(measures, "calls"), [null, null, 1, 3, 0]);
  assert.deepEqual(ratesOf(measures, "calls", { of: "b" }), [null, null, 0, 1, 0]);
});

test("what was never counted is nothing while the gateway runs, not before", () => {
  assert.deepEqual(ratesOf(measures, "refusals"), [null, null, 0, 0, 0]);
  assert.deepEqual(throughout(measures, 80), [null, null, 80, 80, 80]);
});

test("what waited has a gap where nobody looked, and is told to whoever may know it", () => {
  assert.deepEqual(levelsOf(measures, "waiting"), [null, null, 3, null, 0]);
  assert.deepEqual(levelsOf({ ...measures, levels: [] }, "waiting"), []);
});

test("a gateway that has counted nothing yet has its steps by what waits", () => {
  assert.equal(stepsOf({ ...measures, series: [] }).length, 5);
});
