import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plain } from "./marked.ts";
import { readMarkup } from "./markup.ts";
import { type SplitLimit, split } from "./split.ts";
import { measure } from "./text.ts";

const points = (max: number): SplitLimit => ({ max, unit: "code_points" });
const parts = (text: string, limit: SplitLimit) => split(readMarkup(text), limit).map((part) => part.text);

test("leaves a text that fits as it is", () => {
  assert.deepEqual(split(plain("one two"), points(7)), [plain("one two")]);
  assert.deepEqual(split(plain(""), points(7)), [plain("")]);
});

test("cuts at a paragraph before a sentence, and at a sentence before a word", () => {
  assert.deepEqual(parts("One. Two.\n\nThree. Four", points(20)), ["One. Two.", "Three. Four"]);
  assert.deepEqual(parts("One. Two three. Four five", points(20)), ["One. Two three.", "Four five"]);
  assert.deepEqual(parts("one two three", points(8)), ["one two", "three"]);
  assert.deepEqual(parts("one two three", points(7)), ["one two", "three"]);
});

test("does not waste a part on a paragraph that ends early", () => {
  assert.deepEqual(parts("Hi\n\none two three four", points(14)), ["Hi\n\none two", "three four"]);
});

test("cuts between graphemes where there is no word", () => {
  assert.deepEqual(parts("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", points(7)), ["👨‍👩‍👧", "👨‍👩‍👧", "👨‍👩‍👧"]);
  assert.deepEqual(parts("ééé", { max: 5, unit: "bytes" }), ["éé", "é"]);
});

test("keeps a link and a styled stretch whole", () => {
  assert.deepEqual(parts("see https://e.com/a?b=c now", points(20)), ["see", "https://e.com/a?b=c", "now"]);
  assert.deepEqual(parts("aaaa *bb cc dd* ee", points(12)), ["aaaa", "bb cc dd ee"]);
});

test("carries a style on where it has to be cut", () => {
  const [first, second] = split(readMarkup("*one two three*"), points(8));
  assert.deepEqual(first, { text: "one two", spans: [{ start: 0, end: 7, style: "bold" }] });
  assert.deepEqual(second, { text: "three", spans: [{ start: 0, end: 5, style: "bold" }] });
});

test("cuts a link that no part can hold, and a letter with hundreds of accents", () => {
  assert.equal(
    parts(`https://e.com/${"a".repeat(30)}`, points(20)).join(""),
    `https://e.com/${"a".repeat(30)}`,
  );
  assert.equal(parts(`e${"\u0301".repeat(50)}`, points(20)).length, 3);
});

test("loses nothing but white space, and keeps every part within the limit", () => {
  const unit = fc.constantFrom(
    "a",
    "é",
    "👋🏽",
    " ",
    "\n",
    "\n\n",
    ". ",
    "*",
    "_",
    "https://e.com/a_b ",
    "word ",
  );
  const limit = fc.record({
    max: fc.integer({ min: 4, max: 30 }),
    unit: fc.constantFrom("code_points", "bytes"),
  });
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 120 }), limit, (source, limits) => {
      const marked = readMarkup(source);
      const made = split(marked, limits as SplitLimit);
      const dense = (text: string) => text.replace(/\s+/g, "");
      assert.equal(dense(made.map(({ text }) => text).join("")), dense(marked.text));
      for (const { text, spans } of made) {
        assert.ok(measure(text, limits.unit as "bytes") <= limits.max);
        assert.ok(spans.every(({ start, end }) => 0 <= start && start < end && end <= text.length));
      }
      assert.ok(made.length === 1 || made.every(({ text }) => text !== ""));
    }),
  );
});
