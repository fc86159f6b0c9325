import assert from "node:assert/strict";
import { test } from "node:test";
import { table, trials } from "./trial.ts";

/** Several times as many as the slowest to be caught has needed. */
const most = 400;

test("each of the mistakes that are sown into the sending code is caught by the simulation", async (t) => {
  const results = await trials(most);
  t.diagnostic(`\n${table(results)}`);
  assert.deepEqual(
    results.filter(({ caught }) => !caught).map(({ mutant }) => mutant.name),
    [],
  );
});
