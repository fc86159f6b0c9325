import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { AcceptedHint } from "./accepted-hint.ts";

/** For a reader who sees these channels. */
function hinted(...seen: string[]) {
  const clock = new FakeClock();
  const told: number[] = [];
  const asked: string[][] = [];
  const hint = new AcceptedHint({
    clock,
    mayTell: (channelIds) => {
      asked.push([...channelIds]);
      return channelIds.some((id) => seen.includes(id));
    },
    tell: () => told.push(clock.steady() - begun),
  });
  const begun = clock.steady();
  return { clock, told, asked, hint };
}

test("the first message is told at once, and of any number in the second after it one more, at its end", () => {
  const { clock, told, hint } = hinted("own");
  for (let ms = 0; ms < 1_000; ms += 10) {
    hint.accepted("own");
    clock.advance(10);
  }
  assert.deepEqual(told, [0, 1_000]);
  clock.advance(60_000);
  assert.deepEqual(told, [0, 1_000], "nothing more was accepted");
  hint.accepted("own");
  assert.deepEqual(told, [0, 1_000, 61_000]);
});

test("a reader is told of the channels that it sees, and who it is is asked only where it may be told", () => {
  const { clock, told, asked, hint } = hinted("own", "second");
  hint.accepted("foreign");
  assert.deepEqual(told, []);
  for (let n = 0; n < 50; n++) hint.accepted("own");
  hint.accepted("foreign");
  assert.deepEqual(asked, [["foreign"], ["own"]]);
  clock.advance(1_000);
  assert.deepEqual(told, [0, 1_000]);
  assert.deepEqual(asked[2], ["own", "foreign"]);
  for (let n = 0; n < 50; n++) hint.accepted("foreign");
  clock.advance(1_000);
  assert.deepEqual(told, [0, 1_000], "what it does not see");
  assert.equal(asked.length, 4);
  hint.accepted("second");
  assert.deepEqual(told, [0, 1_000, 2_000]);
});

test("a reader that has gone is told nothing more", () => {
  const { clock, told, hint } = hinted("own");
  hint.accepted("own");
  hint.accepted("own");
  hint.stop();
  clock.advance(10_000);
  assert.deepEqual(told, [0]);
});
