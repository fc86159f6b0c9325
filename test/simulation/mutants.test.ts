import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { describe, it } from "node:test";
import { mutants } from "./mutants.ts";
import { trial } from "./trial.ts";

/** Several times as many as the slowest to be caught has needed. */
const most = 400;

// Each is a test of its own: all together may take longer than the runner gives to one.
describe("each of the mistakes that are sown into the sending code is caught by the simulation", {
  concurrency: Math.min(2, availableParallelism()),
}, () => {
  for (const mutant of mutants)
    it(mutant.name, async (t) => {
      const caught = await trial(mutant, mutant.from ?? 1, most);
      assert.ok(caught, `not caught within ${most} seeds`);
      t.diagnostic(`${caught.invariant}, by seed ${caught.seed}`);
    });
});
