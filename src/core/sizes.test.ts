import assert from "node:assert/strict";
import { test } from "node:test";
import type { SizeLimit } from "./limits.ts";
import { sizeProblem } from "./sizes.ts";

const limit = (rule: Partial<SizeLimit>) => rule as SizeLimit;
const told = (rule: Partial<SizeLimit>, value: unknown) =>
  sizeProblem(limit(rule), ["/content/location/latitude", value])?.message.replace(
    /^.*?(?= is | has )/,
    "it",
  );

test("a number is what it is, and a text or a list has so many of something", () => {
  assert.equal(told({ min: -90, max: 90 }, 90.5), "it is 90.5; it must be at most 90.");
  assert.equal(told({ min: -90, max: 90 }, -91), "it is -91; it must be at least -90.");
  assert.equal(told({ max: 2, unit: "code_points" }, "abc"), "it has 3 characters; it must have at most 2.");
  assert.equal(told({ min: 2, unit: "items" }, [1]), "it has 1 item; it must have at least 2.");
});
