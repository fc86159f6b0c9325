import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { file, operatingDocument } from "../scripts/metrics.ts";

test("docs/operating.md tells every metric; scripts/metrics.ts --write makes its table anew", () => {
  const text = readFileSync(file, "utf8");
  assert.equal(text, operatingDocument(text));
});
