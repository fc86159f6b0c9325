import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../../test/support/fake-clock.ts";
import { WallSkew } from "./wall-skew.ts";

const minuteMs = 60_000;

function watched() {
  const clock = new FakeClock();
  const told: number[] = [];
  const warn = ({ seconds }: { seconds?: number }) => void told.push(seconds ?? Number.NaN);
  const log = { debug() {}, info() {}, error() {}, warn };
  const skew = new WallSkew({ clock, log });
  const platformAheadOf = (ms: number) => skew.see({ date: new Date(clock.now() + ms).toUTCString() });
  return { clock, told, skew, platformAheadOf };
}

test("a wall clock that is more than 5 minutes off is told, either way, and once an hour while it lasts", () => {
  const { clock, told, platformAheadOf } = watched();
  platformAheadOf(-3_600_000);
  for (let n = 0; n < 59; n++) {
    clock.advance(minuteMs);
    platformAheadOf(-3_600_000);
  }
  assert.deepEqual(told, [3_600]);
  clock.advance(minuteMs);
  platformAheadOf(-3_600_000);
  assert.deepEqual(told, [3_600, 3_600]);
  clock.advance(minuteMs);
  platformAheadOf(0);
  clock.advance(minuteMs);
  platformAheadOf(6 * minuteMs);
  assert.deepEqual(told, [3_600, 3_600, -360]);
});

test("some minutes off, no date and none that can be read are nothing to tell of", () => {
  const { clock, told, skew, platformAheadOf } = watched();
  for (const look of [
    () => platformAheadOf(4 * minuteMs),
    () => skew.see({}),
    () => skew.see({ date: "yesterday" }),
  ]) {
    clock.advance(minuteMs);
    look();
  }
  assert.deepEqual(told, []);
});
