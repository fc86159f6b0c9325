import assert from "node:assert/strict";
import { test } from "node:test";
import { oneLine } from "./direction.ts";

const apart = (second: string) => `\u2068${second}\u2069`;

const cases: [title: string, first: string, second: string, isApart: boolean][] = [
  ["two texts from left to right", "Shirt", "cotton, 5 pieces", false],
  ["two texts from right to left", "חולצה", "כותנה, 5 יחידות", false],
  ["a text and a number", "Shirt", "5", false],
  ["a number and a text", "5", "pieces", false],
  ["a number and a text from right to left", "5", "יחידות", false],
  ["two numbers", "5", "10 €", false],
  ["a text and one that runs the other way", "Shirt", "כותנה (5)", true],
  ["a text from right to left and one that runs the other way", "قميص", "cotton (5)", true],
  ["a text from right to left and a link", "قميص", "https://example.com/", true],
  ["a text that ends the other way, and a number", "Shirt חולצה", "5", true],
  ["a text that ends the other way, and digits before letters", "Shirt חולצה", "5 pieces", true],
  ["a text and one that begins as it and goes on the other way", "Shirt", "cotton כותנה", true],
];
for (const [title, first, second, isApart] of cases) {
  test(`puts on one line ${isApart ? "and keeps apart " : ""}${title}`, () => {
    const shown = isApart ? apart(second) : second;
    assert.equal(oneLine(first, " — ", second), `${first} — ${shown}`);
  });
}
