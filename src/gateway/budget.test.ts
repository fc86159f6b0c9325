import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Budget } from "./budget.ts";

test("who finds too little waits, also before one who would need less, until enough is given back", async () => {
  const budget = new Budget(10);
  const order: string[] = [];
  for (const [name, bytes] of [
    ["first", 6],
    ["large", 8],
    ["small", 1],
  ] as const)
    void budget.take(bytes).then(() => order.push(name));
  await turn();
  assert.deepEqual(order, ["first"]);
  budget.give(3);
  await turn();
  assert.deepEqual(order, ["first"]);
  budget.give(3);
  await turn();
  assert.deepEqual(order, ["first", "large", "small"]);
});
