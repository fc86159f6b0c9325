import assert from "node:assert/strict";
import { test } from "node:test";
import { tickRoom, tickSeconds, timesOf } from "./time-axis.ts";

const from = Date.UTC(2026, 0, 5) / 1000;
/** Of a letter in a chart's font, at most: 12 px. */
const letterPx = 6.7;

for (const apart of tickSeconds) {
  test(`ticks ${apart} s apart say different times, each narrower than its room`, () => {
    const said = timesOf([0, 1, 2, 3].map((index) => from + index * apart));
    assert.equal(new Set(said).size, said.length, said.join());
    for (const time of said) assert.ok(time.length * letterPx < tickRoom, time);
  });
}
