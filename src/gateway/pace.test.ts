import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Rate } from "../core/platform.ts";
import { Pace } from "./pace.ts";

const rate = (perSecond: number, burst: number): Rate => ({ perSecond, burst, source: "", read: "" });
const startMs = 1_700_000_000_000;

test("in no window of time does more pass than the burst and what the rate adds", () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 120 });
  const rates = fc.tuple(fc.constantFrom(0.25, 1 / 3, 1, 6.5, 20, 80), fc.integer({ min: 1, max: 45 }));
  fc.assert(
    fc.property(gaps, rates, fc.boolean(), (arrivalGaps, [perSecond, burst], isPatient) => {
      const pace = new Pace();
      const passed: number[] = [];
      let now = startMs;
      for (const gap of arrivalGaps) {
        now += gap;
        const waitMs = pace.waitMs("chat", rate(perSecond, burst), now);
        if (waitMs > 0 && !isPatient) continue;
        now += waitMs;
        assert.equal(pace.waitMs("chat", rate(perSecond, burst), now), 0, "who waited as told may pass");
        pace.take("chat", rate(perSecond, burst), now);
        passed.push(now);
      }
      for (const [first, from] of passed.entries())
        for (let last = first; last < passed.length; last++) {
          const allowed = burst + (perSecond * (passed[last]! - from)) / 1000 + 1e-6;
          assert.ok(last - first + 1 <= allowed, `${last - first + 1} passed where ${allowed} may`);
        }
    }),
  );
});

test("a full bucket lets its whole burst pass at once, then one for each spacing", () => {
  const pace = new Pace();
  const limit = rate(2, 3);
  for (let i = 0; i < 3; i++) {
    assert.equal(pace.waitMs("chat", limit, startMs), 0);
    pace.take("chat", limit, startMs);
  }
  assert.equal(pace.waitMs("chat", limit, startMs), 500);
  assert.equal(pace.waitMs("chat", limit, startMs + 499), 1);
  assert.equal(pace.waitMs("chat", limit, startMs + 500), 0);
});

test("one bucket says nothing of another", () => {
  const pace = new Pace();
  pace.take("one", rate(1, 1), startMs);
  assert.equal(pace.waitMs("one", rate(1, 1), startMs), 1_000);
  assert.equal(pace.waitMs("two", rate(1, 1), startMs), 0);
});

test("a spent bucket is remembered however many others are used and forgotten", () => {
  const pace = new Pace();
  pace.take("spent", rate(0.001, 1), startMs);
  for (let i = 0; i < 25_000; i++) pace.take(`other ${i}`, rate(1_000, 1), startMs + i);
  assert.ok(pace.waitMs("spent", rate(0.001, 1), startMs + 25_000) > 900_000);
});

test("a clock that steps back never lets more pass", () => {
  const pace = new Pace();
  pace.take("chat", rate(1, 1), startMs);
  assert.ok(pace.waitMs("chat", rate(1, 1), startMs - 5_000) >= 6_000);
});
