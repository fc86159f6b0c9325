import assert from "node:assert/strict";
import { test } from "node:test";
import { type SizeLimit, sizeLimits } from "./limits.ts";
import type { Content, MessageType } from "./message.ts";
import { isBounded, resized } from "./resized-samples.ts";
import { validateSend } from "./validate.ts";

function problemsOf(content: Content) {
  const checked = validateSend({ from: "channel", to: "5511993986082", content });
  return "problems" in checked ? checked.problems : [];
}

for (const [type, limits] of Object.entries(sizeLimits) as [MessageType, readonly SizeLimit[]][]) {
  for (const limit of limits.filter((each) => isBounded(type, each))) {
    const place = `${limit.unit ?? "value"} of ${type}${limit.at}`;
    const max = limit.max!;

    test(`${place}: ${max} is accepted`, () => {
      assert.deepEqual(problemsOf(resized(type, limit, max).content), []);
    });

    test(`${place}: ${max + 1} is exactly one problem`, () => {
      const { content, pointer } = resized(type, limit, max + 1);
      const problems = problemsOf(content);
      assert.equal(problems.length, 1, JSON.stringify(problems));
      const { message, hint, ...found } = problems[0]!;
      assert.deepEqual(found, {
        pointer,
        rule: ruleOf(limit, "max"),
        limit: max,
        actual: max + 1,
        ...(limit.unit && { unit: limit.unit }),
      });
      assert.ok(message && hint);
    });

    if (!limit.min) continue;
    const below = limit.unit ? limit.min - 1 : limit.min - 0.5;
    test(`${place}: ${below} is exactly one problem`, () => {
      const { content, pointer } = resized(type, limit, below);
      const problems = problemsOf(content);
      // An empty section title or row description says the same as none.
      const folded = /sections\/\*\/(title|rows\/\*\/description)$|^\/caption$/.test(limit.at);
      assert.deepEqual(
        problems.map((problem) => [problem.pointer, problem.rule, problem.limit, problem.actual]),
        folded ? [] : [[pointer, ruleOf(limit, "min"), limit.min, below]],
      );
    });
  }
}

function ruleOf(limit: SizeLimit, side: "min" | "max"): string {
  if (limit.unit === undefined) return side === "max" ? "maximum" : "minimum";
  return `${side}_${limit.unit === "code_points" ? "length" : limit.unit}`;
}
