import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { AcceptedHint } from "./accepted-hint.ts";

function hinted() {
  const clock = new FakeClock();
  const told: number[] = [];
  const hint = new AcceptedHint({ clock, tell: () => told.push(clock.steady() - begun) });
  const begun = clock.steady();
  return { clock, told, hint };
}

test("the first message is told at once, and of any number in the second after it one more, at its end", () => {
  const { clock, told, hint } = hinted();
  for (let ms = 0; ms < 1_000; ms += 10) {
    hint.accepted();
    clock.advance(10);
  }
  assert.deepEqual(told, [0, 1_000]);
  clock.advance(60_000);
  assert.deepEqual(told, [0, 1_000], "nothing more was accepted");
  hint.accepted();
  assert.deepEqual(told, [0, 1_000, 61_000]);
});

test("a reader that has gone is told nothing more", () => {
  const { clock, told, hint } = hinted();
  hint.accepted();
  hint.accepted();
  hint.stop();
  clock.advance(10_000);
  assert.deepEqual(told, [0]);
});
