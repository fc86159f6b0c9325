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
  const { series, from, stepMs, begunAt } = recent.told();
  assert.equal(begunAt, start);
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

test("of very many series so many are kept, those that go on before those to which nothing happens any more", () => {
  const { clock, recent } = timed();
  const count = (index: number) => recent.count("antiphon_calls_begun_total", { channel: `chn_${index}` });
  for (let index = 0; index < 1_000; index++) count(index);
  assert.equal(recent.told().series.length, 500);
  clock.ms += 10_000;
  for (let index = 400; index < 1_000; index++) count(index);
  const { series } = recent.told();
  assert.equal(series.length, 500);
  const [went, stayed] = [series.at(-1)!, series[0]!];
  assert.deepEqual([went.labels.channel, went.counts.at(-1), went.counts.at(-2)], ["chn_899", 1, 0]);
  assert.deepEqual([stayed.labels.channel, stayed.counts.at(-1), stayed.counts.at(-2)], ["chn_400", 1, 1]);
});

test("a series in use is not forgotten for new ones, and only what is asked for is told", () => {
  const { clock, recent } = timed();
  for (let index = 0; index < 2_000; index++) {
    recent.count("antiphon_accepted_total", { platform });
    recent.count("antiphon_calls_begun_total", { channel: `chn_${index}` });
    if (index % 100 === 0) clock.ms += 10_000;
  }
  const { series } = recent.told(({ platform: of }) => of === platform);
  assert.deepEqual(
    series.map(({ name, counts }) => [name, counts.reduce((sum, count) => sum + count)]),
    [["antiphon_accepted_total", 2_000]],
  );
});

test("a series that nothing happens to any more ends with zeros and then is only zeros, and a clock set back begins anew", () => {
  const { clock, recent } = timed();
  recent.time("antiphon_call_seconds", 0.2, { platform });
  clock.ms += 3_590_000;
  const old = recent.told().series[0]!;
  assert.deepEqual([old.counts[0], old.counts.at(-1)], [1, 0]);
  assert.ok(old.p50![0]! >= 0.2);
  clock.ms += 10_000;
  const none = recent.told().series[0];
  assert.ok(none === undefined || none.counts.every((count) => count === 0));
  recent.count("antiphon_accepted_total", { platform });
  clock.ms -= 600_000;
  recent.count("antiphon_accepted_total", { platform });
  const { counts } = recent.told(() => true).series.find(({ name }) => name === "antiphon_accepted_total")!;
  assert.deepEqual([counts.at(-1), counts.reduce((sum, count) => sum + count)], [1, 1]);
});
