import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { file, securityDocument } from "../scripts/scopes.ts";

test("the tables of docs/security.md are what the operations give; scripts/scopes.ts --write makes them anew", () => {
  const text = readFileSync(file, "utf8");
  assert.equal(text, securityDocument(text));
});
