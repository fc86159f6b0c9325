import assert from "node:assert/strict";
import { test } from "node:test";
import { naivety } from "../reliability/nodes/naivety.ts";
import { nodesOrdeal } from "../reliability/nodes/ordeal.ts";
import { shortNodesPlan } from "../reliability/nodes/plan.ts";
import { keptRun, nodesMarks, nodesReport } from "../reliability/nodes/report.ts";
import { brokenByNodes } from "../reliability/nodes/verdict.ts";
import { readReport } from "../reliability/report.ts";
import { mutated } from "../simulation/mutated.ts";

test("the mistakes of the control with three gateways fit the sources", () => {
  const misfits = naivety.flatMap((mistake) => {
    const read = mutated(mistake);
    return "misfit" in read ? [read.misfit] : [];
  });
  assert.deepEqual(misfits, []);
});

test("docs/reliability.md tells of three gateways what their last kept run has found", () => {
  assert.equal(readReport(nodesMarks), nodesReport(keptRun()));
});

test("three gateways on PostgreSQL lose, double and reorder nothing while nodes are killed, stopped and cut off and PostgreSQL is killed (npm run test:crash -- --nodes 3: many times)", async (t) => {
  const outcome = await nodesOrdeal(shortNodesPlan);
  t.diagnostic(JSON.stringify(outcome));
  assert.deepEqual(outcome.blows, { kill: 2, stop: 2, silence: 2 });
  assert.deepEqual(brokenByNodes(outcome, { mayBeOpen: true }), []);
});
