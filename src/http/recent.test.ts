import assert from "node:assert/strict";
import { test } from "node:test";
import { Recent } from "./recent.ts";

const start = Date.UTC(2026, 0, 1);
const platform = "whatsapp";

function timed() {
  const clock = { ms: start, now: () => clock.ms };
  return { clock, recent: new Recent(clock) };
}

test("what is counted stands in the step in which it happened", () => {
  const { clock, recent } = timed();
  recent.count("antiphon_accepted_total", { platform });
  recent.count("antiphon_accepted_total", { platform });
  clock.ms += 10_000;
  recent.count("antiphon_accepted_total", { platform });
  const { series, from, stepMs } = recent.told();
  assert.deepEqual(
    series.map(({ name, labels }) => [name, labels]),
    [["antiphon_accepted_total", { platform }]],
  );
  assert.deepEqual(series[0]!.counts.slice(-3), [0, 2, 1]);
  assert.equal(from + (series[0]!.counts.length - 1) * stepMs, start + 10_000);
});

test("a percentile is told to within a quarter, and null where nothing was timed", () => {
  const { clock, recent } = timed();
  for (let ms = 1; ms <= 1000; ms++) recent.time("antiphon_call_seconds", ms / 1000, { platform });
  clock.ms += 10_000;
  const { series } = recent.told();
  const [p50, none] = series[0]!.p50!.slice(-2);
  const [p99] = series[0]!.p99!.slice(-2);
  assert.ok(p50! >= 0.5 && p50! <= 0.625, String(p50));
  assert.ok(p99! >= 0.99 && p99! <= 1.2375, String(p99));
  assert.equal(none, null);
});

test("after an hour a step is forgotten, and takes no memory when the series goes on", () => {
  const { clock, recent } = timed();
  recent.count("antiphon_accepted_total", { platform });
  clock.ms += 3_600_000;
  recent.count("antiphon_accepted_total", { platform });
  assert.equal(
    recent.told().series[0]!.counts.reduce((sum, count) => sum + count),
    1,
  );
});

test("what took longer than any bound counts as the longest", () => {
  const { recent } = timed();
  recent.time("antiphon_answer_seconds", 1e9, { platform });
  assert.ok(recent.told().series[0]!.p99!.at(-1)! > 3000);
});
