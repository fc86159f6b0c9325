import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptSteps } from "./kept-steps.ts";
import type { AnyStep } from "./step.ts";

const step = (number: number) => ({ kind: "webhook", id: `s${number}`, at: number }) as AnyStep;
const newest = (kept: KeptSteps) => kept.get().at(-1)?.id;

test("a step that is told again is kept once, also after it was cleared away, and what is long past is not remembered", () => {
  const kept = new KeptSteps();
  for (let number = 0; number < 12_000; number++) kept.add(step(number));
  kept.add(step(11_000));
  assert.equal(newest(kept), "s11999");
  assert.ok(kept.get().length < 2_000);
  kept.clear();
  kept.add(step(2_500));
  assert.deepEqual(kept.get(), []);
  kept.add(step(0));
  assert.equal(newest(kept), "s0", "an id of long ago is still held");
});

test("what was seen under one key is forgotten whole", () => {
  const kept = new KeptSteps();
  kept.add(step(1));
  kept.forget();
  assert.deepEqual(kept.get(), []);
  kept.add(step(1));
  assert.equal(newest(kept), "s1");
});
