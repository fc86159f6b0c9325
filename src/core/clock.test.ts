import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { instantOf, timestamp } from "./clock.ts";

test("seconds between 2000 and 2100 are an instant, and nothing else is", () => {
  assert.equal(instantOf(1_750_030_073), 1_750_030_073_000);
  assert.equal(instantOf(946_684_800), Date.UTC(2000, 0, 1));
  assert.equal(instantOf(4_102_444_799), Date.UTC(2100, 0, 1) - 1000);
  for (const value of [
    946_684_799,
    4_102_444_800,
    1e300,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "1750030073",
    null,
    [],
  ]) {
    assert.equal(instantOf(value), undefined, String(value));
  }
});

test("every instant can be written as a timestamp", () => {
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.anything()), (seconds) => {
      const at = instantOf(seconds);
      if (at !== undefined) assert.match(timestamp(at), /^20\d\d-/);
    }),
  );
});
