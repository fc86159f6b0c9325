import assert from "node:assert/strict";
import { test } from "node:test";
import { codePoints, isOneEmoji } from "./count.ts";

test("a sign outside the basic plane is one code point", () => {
  assert.deepEqual(["", "a", "👍", "e\u0301", "👍🏽"].map(codePoints), [0, 1, 1, 2, 2]);
});

test("one emoji is one sign that is shown as a picture", () => {
  for (const emoji of ["👍", "👍🏽", "❤️", "1️⃣", "🇵🇹", "👨‍👩‍👧", "✅", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
    assert.ok(isOneEmoji(emoji), emoji);
  for (const other of ["", "a", "1", "❤", "🇵", "👍👍", "👍 ", "ok 👍"]) assert.ok(!isOneEmoji(other), other);
});
