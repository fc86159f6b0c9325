import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { capabilitiesDocument, file } from "../scripts/capabilities.ts";

test("docs/capabilities.md is what the capability data gives; scripts/capabilities.ts --write makes it anew", () => {
  assert.equal(readFileSync(file, "utf8"), capabilitiesDocument());
});

test("every pace and every limit names the page that says so and the day it was read", () => {
  const sections = capabilitiesDocument().split(/^## /m);
  const sourced = sections.filter((section) => /^(Pace|Limits of )/.test(section));
  assert.equal(sourced.length, 5, "the pace, and the limits of four platforms");
  for (const row of sourced.flatMap((section) =>
    section
      .split("\n")
      .filter((line) => line.startsWith("| "))
      .slice(2),
  )) {
    assert.match(row, /\]\(https:\/\/[^)\s]+\), 20\d\d-\d\d-\d\d \|$/);
  }
});
