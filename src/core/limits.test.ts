import assert from "node:assert/strict";
import { test } from "node:test";
import { type SizeLimit, sizeLimits } from "./limits.ts";
import type { Content, MessageType } from "./message.ts";
import { replyCarousel, samples, urlCarousel } from "./samples.ts";
import { validateContent } from "./validate.ts";

/** The sample of a type that has the place a limit speaks of. */
function sampleFor(type: MessageType, limit: SizeLimit): Content {
  if (type !== "carousel") return samples()[type];
  return limit.at.includes("parameters") ? urlCarousel() : replyCarousel();
}

/** The sample with the value at `at` (every `*` the first) replaced by one of the given size. */
function resized(type: MessageType, limit: SizeLimit, size: number): { content: Content; pointer: string } {
  const content: Record<string, unknown> = { ...sampleFor(type, limit) };
  const key = Object.keys(content)[0]!;
  const steps = [key, ...limit.at.split("/").slice(1)].map((step) => (step === "*" ? "0" : step));
  let parent: Record<string, unknown> = content;
  for (const step of steps.slice(0, -1)) parent = parent[step] as Record<string, unknown>;
  const last = steps.at(-1)!;
  parent[last] = ofSize(parent[last], limit, size);
  return { content: content as Content, pointer: `/content/${steps.join("/")}` };
}

function ofSize(value: unknown, limit: SizeLimit, size: number): unknown {
  if (limit.unit === undefined) return size;
  if (limit.unit === "line_breaks") return `a${"\n".repeat(size)}b`;
  // A letter outside the first plane: two UTF-16 units and four bytes, so that counting either would show.
  if (limit.unit === "code_points") return "𝒂".repeat(size);
  return Array.from({ length: size }, (_, index) => numbered((value as unknown[])[0], index));
}

/** A copy of an item with ids, titles and indexes of its own. */
function numbered(item: unknown, index: number): unknown {
  const text = JSON.stringify(item)
    .replace(/"card_index":\d+/g, `"card_index":${index}`)
    .replace(/"(id|title)":"[^"]*"/g, (_, name) => `"${name}":"${name} ${index}"`);
  return JSON.parse(text);
}

function problemsOf(content: Content) {
  const checked = validateContent(content);
  return "problems" in checked ? checked.problems : [];
}

/** Rows of other sections count too, and a card's index depends on how many cards there are. */
function isBounded(type: MessageType, limit: SizeLimit): boolean {
  return !(type === "carousel" && limit.at.endsWith("card_index"));
}

for (const [type, limits] of Object.entries(sizeLimits) as [MessageType, readonly SizeLimit[]][]) {
  for (const limit of limits.filter((each) => isBounded(type, each))) {
    const place = `${limit.unit ?? "value"} of ${type}${limit.at}`;
    const max = limit.max!;

    test(`${place}: ${max} is accepted`, () => {
      const { content } = resized(type, limit, max);
      if (type === "list" && limit.unit === "items" && limit.at.endsWith("rows")) onlySection(content);
      if (limit.at.endsWith("/buttons") && type === "carousel")
        assert.deepEqual(problemsOf(replyCarousel(2, 3)), []);
      else assert.deepEqual(problemsOf(content), []);
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

function onlySection(content: Content): void {
  const { interactive } = content as { interactive: { action: { sections: unknown[] } } };
  interactive.action.sections.length = 1;
}

function ruleOf(limit: SizeLimit, side: "min" | "max"): string {
  if (limit.unit === undefined) return side === "max" ? "maximum" : "minimum";
  return `${side}_${limit.unit === "code_points" ? "length" : limit.unit}`;
}
