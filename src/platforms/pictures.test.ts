import assert from "node:assert/strict";
import { test } from "node:test";
import { platforms } from "./index.ts";
import { pictures } from "./pictures.ts";

test("a page draws with what the gateway draws with", () => {
  assert.deepEqual(Object.keys(pictures).sort(), Object.keys(platforms).sort());
  for (const [name, picture] of Object.entries(pictures)) {
    const platform: Record<string, unknown> = { ...platforms[name as keyof typeof platforms] };
    for (const [field, value] of Object.entries(picture))
      assert.equal(platform[field], value, `${name} ${field}`);
  }
});
