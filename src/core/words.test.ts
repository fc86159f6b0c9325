import assert from "node:assert/strict";
import { test } from "node:test";
import { words } from "./words.ts";

test("has the gateway's words in six languages, and English for the others", () => {
  const labels = ["en", "pt-BR", "ES", "ar", "hi", "id"].map((language) => words(language).sendLocation);
  assert.equal(new Set(labels).size, 6);
  for (const language of [undefined, "", "xx", "arn", "est", "__proto__", "constructor"])
    assert.equal(words(language).sendLocation, "Send location");
});
