import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Rate } from "../core/platform.ts";
import { lateMs, Pace, type Use } from "./pace.ts";

const rate = (perSecond: number, burst: number): Rate => ({ perSecond, burst, source: "", read: "" });
const use = (key: string, perSecond: number, burst: number): Use => ({ key, rate: rate(perSecond, burst) });
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
        const waitMs = pace.waitMs(use("chat", perSecond, burst), now);
        if (waitMs > 0 && !isPatient) continue;
        now += waitMs;
        assert.equal(pace.waitMs(use("chat", perSecond, burst), now), 0, "who waited as told may pass");
        pace.take(use("chat", perSecond, burst), now);
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
  const limit = use("chat", 2, 3);
  for (let i = 0; i < 3; i++) {
    assert.equal(pace.waitMs(limit, startMs), 0);
    pace.take(limit, startMs);
  }
  assert.equal(pace.waitMs(limit, startMs), 500);
  assert.equal(pace.waitMs(limit, startMs + 499), 1);
  assert.equal(pace.waitMs(limit, startMs + 500), 0);
});

test("one bucket says nothing of another", () => {
  const pace = new Pace();
  pace.take(use("one", 1, 1), startMs);
  assert.equal(pace.waitMs(use("one", 1, 1), startMs), 1_000);
  assert.equal(pace.waitMs(use("two", 1, 1), startMs), 0);
});

test("buckets that are full again are forgotten, and who keeps them is told until when", () => {
  const told: number[] = [];
  const pace = new Pace((until) => told.push(until));
  for (let i = 0; i < 25_000; i++) pace.take(use(`one ${i}`, 1_000, 1), startMs + i);
  assert.deepEqual(told, [startMs + 10_000 - lateMs, startMs + 20_000 - lateMs]);
});

test("a spent bucket is remembered however many others are used and forgotten", () => {
  const pace = new Pace();
  pace.take(use("spent", 0.001, 1), startMs);
  for (let i = 0; i < 25_000; i++) pace.take(use(`other ${i}`, 1_000, 1), startMs + i);
  assert.ok(pace.waitMs(use("spent", 0.001, 1), startMs + 25_000) > 900_000);
});

test("a rate that was raised has nobody wait by the one of before", () => {
  const pace = new Pace();
  pace.take(use("chat", 0.001, 1), startMs);
  assert.equal(pace.waitMs(use("chat", 1, 3), startMs), 1_000 + lateMs, "as after a whole burst");
});

test("a restart goes on where the run before it ended, with a moment for what was still on its way", () => {
  const limit = use("chat", 2, 3);
  const before = new Pace();
  const rows = [startMs, startMs, startMs].map((at) => before.take(limit, at));
  const after = new Pace();
  after.load([rows.at(-1)!]);
  assert.equal(after.waitMs(limit, startMs + 10), before.waitMs(limit, startMs + 10) + lateMs);
});

test("a call counts from when its answer came, for the platform may have counted it as late", () => {
  const pace = new Pace();
  const limit = use("chat", 1, 1);
  pace.take(limit, startMs);
  pace.arrived(limit, startMs + 300);
  assert.equal(pace.waitMs(limit, startMs + 300), 1_000);
});

test("an answer makes no bucket fuller that others have used meanwhile", () => {
  const pace = new Pace();
  const limit = use("chat", 1, 5);
  for (let i = 0; i < 5; i++) pace.take(limit, startMs);
  pace.arrived(limit, startMs + 10);
  assert.equal(pace.waitMs(limit, startMs + 10), 990);
});

test("so many a second holds in every second, the first one after a rest too, and all of it is used", () => {
  for (const perSecond of [1, 10, 30, 80, 300]) {
    const limit: Use = { ...use("channel", perSecond, Math.ceil(perSecond / 5)), isToTheSecond: true };
    const pace = new Pace();
    const passed: number[] = [];
    let now = startMs;
    const pass = (untilMs: number) => {
      for (;;) {
        const waitMs = pace.waitMs(limit, now);
        if (now + waitMs >= untilMs) return;
        now += waitMs;
        pace.take(limit, now);
        passed.push(now);
      }
    };
    pass(startMs + 5_000);
    now += 3_000;
    const rested = now;
    pass(rested + 5_000);
    for (const [first, from] of passed.entries()) {
      const within = passed.slice(first).filter((at) => at < from + 1_000).length;
      assert.ok(within <= perSecond, `${within} of ${perSecond} within a second`);
    }
    for (const from of [startMs, rested]) {
      const used = passed.filter((at) => at >= from && at < from + 5_000).length;
      assert.ok(used >= 0.95 * 5 * perSecond, `${used} of ${5 * perSecond} in 5 seconds`);
    }
  }
});

test("what two that are one have used is used of the one", () => {
  const pace = new Pace();
  const [one, two] = [use("one", 1, 10), use("two", 1, 10)];
  for (let i = 0; i < 4; i++) pace.take(one, startMs);
  for (let i = 0; i < 6; i++) pace.take(two, startMs);
  assert.equal(pace.waitMs(one, startMs), 0);
  pace.carry("two", "one", startMs);
  assert.equal(pace.waitMs(one, startMs), 1_000);
  assert.equal(pace.waitMs(two, startMs), 0);
  pace.carry("two", "one", startMs + 1);
  assert.equal(pace.waitMs(one, startMs + 1_000), 0);
});

test("what leaves later than its turn counts from then on: a slow disk lets no more through in the second after it", () => {
  const limit: Use = { ...use("channel", 10, 2), isToTheSecond: true };
  const pace = new Pace();
  for (let turn = 0; turn < 10; turn++) pace.take(limit, startMs + turn * 100);
  for (let turn = 0; turn < 10; turn++) pace.left(limit, startMs + 1_400);
  assert.equal(pace.waitMs(limit, startMs + 1_400), 1_000);
  assert.equal(pace.waitMs(limit, startMs + 2_400), 0);
});
