import assert from "node:assert/strict";
import { test } from "node:test";
import { examples } from "../../src/core/examples.ts";
import type { Policy } from "../../src/core/message.ts";
import { previewOnEach } from "../../src/core/preview.ts";
import { type PlatformsPreview, validatePreview } from "../../src/core/validate.ts";
import { pictures } from "../../src/platforms/pictures.ts";
import { startStack } from "../support/stack.ts";

const platforms = ["whatsapp", "instagram", "messenger", "telegram"] as const;
const policies: Policy[] = ["none", "lossless", "best_effort"];

/** What the page of the console makes of a message, as JSON would bring it. */
function drawnInThePage(body: object): unknown {
  const valid = validatePreview(body);
  assert.ok("request" in valid, JSON.stringify(valid));
  const data = previewOnEach(pictures, valid.request as PlatformsPreview, valid.normalised);
  return JSON.parse(JSON.stringify({ data, warnings: valid.warnings }));
}

test("every example is drawn in the page as POST /v1/messages/preview draws it, on every platform under every policy", async (context) => {
  await using stack = await startStack({ command: "serve" });
  let pictured = 0;
  let refused = 0;
  for (const { name, content } of examples()) {
    for (const adapt of policies) {
      const body = { platforms, content, adapt };
      const answer = await stack.call("POST", "/v1/messages/preview", body);
      assert.equal(answer.status, 200, name);
      assert.deepEqual(drawnInThePage(body), answer.json, `${name} under ${adapt}`);
      for (const one of answer.json.data) "code" in one ? refused++ : pictured++;
    }
  }
  context.diagnostic(`${pictured} pictures and ${refused} refusals agree`);
  assert.ok(pictured > 100 && refused > 50, `${pictured} ${refused}`);
});
