import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { callBackoffMs, deliveryBackoffMs } from "./retry.ts";

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const almostOne = () => 0.999_999_999;
const week = 7 * 86_400_000;

test("a call waits at random between 100 ms and a ceiling that doubles from 1 s to 60 s", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), chance, (tries, random) => {
      const waitMs = callBackoffMs(tries, () => random);
      const ceilingMs = Math.min(60_000, 1_000 * 2 ** Math.min(10, tries - 1));
      assert.ok(Number.isInteger(waitMs) && waitMs >= 100 && waitMs <= ceilingMs, `${waitMs} ms`);
    }),
  );
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7, 8].map((tries) => callBackoffMs(tries, almostOne)),
    [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000],
  );
  assert.equal(
    callBackoffMs(9, () => 0),
    100,
  );
});

/** The waits of a delivery that fails every time, and nothing else in between. */
function deliveryWaits(random: () => number): number[] {
  const waits: number[] = [];
  for (let at = 0; ; ) {
    const waitMs = deliveryBackoffMs(waits.length + 1, at, random);
    if (waitMs === null) return waits;
    waits.push(waitMs);
    at += waitMs;
  }
}

test("a delivery is tried 12 times, each wait at random between half a second and its ceiling", () => {
  const ceilings = deliveryWaits(almostOne);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10 }), chance, (tries, random) => {
      const waitMs = deliveryBackoffMs(tries, 0, () => random);
      assert.ok(waitMs !== null && waitMs >= 500 && waitMs <= ceilings[tries - 1]!);
    }),
  );
  assert.equal(ceilings.length, 11);
  assert.equal(deliveryBackoffMs(13, 0, almostOne), null);
});

test("the waits of a delivery grow, and the last try comes when 7 days are over, an hour before at most", () => {
  for (const random of [almostOne, () => 0.5, () => 0]) {
    const waits = deliveryWaits(random);
    const whole = waits.reduce((sum, waitMs) => sum + waitMs, 0);
    assert.ok(whole > week - 3_700_000 && whole <= week, `${whole}`);
    if (random() > 0)
      for (const [index, waitMs] of waits.entries()) if (index > 0) assert.ok(waitMs > waits[index - 1]!);
  }
});
