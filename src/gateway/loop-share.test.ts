import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "../../test/support/fake-clock.ts";
import { LoopShare } from "./loop-share.ts";

/** How many are begun before others have a turn, each taking `eachMs`. */
async function begunBeforeOthers(clock: FakeClock, share: LoopShare, eachMs: number): Promise<number> {
  let hasOthersTurn = false;
  setImmediate(() => {
    hasOthersTurn = true;
  });
  let begun = 0;
  while (!hasOthersTurn && begun < 1_000) {
    clock.advance(eachMs);
    begun++;
    await share.begun();
  }
  return begun;
}

test("two are begun in a turn in which nothing else is to be done", async () => {
  const clock = new FakeClock();
  const share = new LoopShare(clock);
  assert.equal(await begunBeforeOthers(clock, share, 0), 2);
  assert.equal(await begunBeforeOthers(clock, share, 1), 2);
});

test("beside a long turn as many are begun as take a quarter of its time, and two again after a short one", async () => {
  const clock = new FakeClock();
  const share = new LoopShare(clock);
  // In the turn of the others 20 ms pass.
  setImmediate(() => clock.advance(20));
  assert.equal(await begunBeforeOthers(clock, share, 0), 2);
  assert.equal(await begunBeforeOthers(clock, share, 1), 5);
  assert.equal(await begunBeforeOthers(clock, share, 1), 2);
});
