import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Intake } from "./intake.ts";

test("however long the turns of the event loop are for other reasons, each begins sixteen that wait", async () => {
  const intake = new Intake();
  let begun = 0;
  const posted = 400;
  for (let n = 0; n < posted; n++) intake.take({ begin: () => begun++, isGone: () => false });
  let before = begun;
  let least = Number.POSITIVE_INFINITY;
  while (begun < posted) {
    const until = performance.now() + 20;
    while (performance.now() < until);
    await turn();
    // The last are as many as are left.
    if (begun > before && begun < posted) least = Math.min(least, begun - before);
    before = begun;
  }
  assert.equal(least, 16);
});
