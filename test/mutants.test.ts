import assert from "node:assert/strict";
import { test } from "node:test";
import { mutants } from "./simulation/mutants.ts";
import { mutated } from "./simulation/mutated.ts";

// That each is caught, test/simulation/mutants.test.ts shows, which takes longer.
test("each mistake that the simulation is tried with still fits the sources", () => {
  const misfits = mutants.flatMap((mutant) => {
    const read = mutated(mutant);
    return "misfit" in read ? [read.misfit] : [];
  });
  assert.deepEqual(misfits, []);
  assert.equal(new Set(mutants.map(({ name }) => name)).size, mutants.length);
});
