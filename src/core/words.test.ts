import assert from "node:assert/strict";
import { test } from "node:test";
import { direction, oneLine } from "./direction.ts";
import { words } from "./words.ts";

test("has the gateway's words in six languages, and English for the others", () => {
  const labels = ["en", "pt-BR", "ES", "ar", "hi", "id"].map((language) => words(language).sendLocation);
  assert.equal(new Set(labels).size, 6);
  for (const language of [undefined, "", "xx", "__proto__", "constructor"])
    assert.equal(words(language).sendLocation, "Send location");
});

test("tells where a text runs to by its first letter", () => {
  assert.equal(direction("1. Tea"), "ltr");
  assert.equal(direction("(2) شاي Tea"), "rtl");
  assert.equal(direction("12:30 — 👋"), "neutral");
});

test("isolates a text that runs against its line", () => {
  assert.equal(oneLine("Tea", " — ", "hot"), "Tea — hot");
  assert.equal(oneLine("شاي", " — ", "12 €"), "شاي — 12 €");
  assert.equal(oneLine("شاي", " — ", "Tea, 30 ml"), "شاي — \u2068Tea, 30 ml\u2069");
});
