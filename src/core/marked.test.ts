import assert from "node:assert/strict";
import { test } from "node:test";
import { join, plain, slice, styled, trim } from "./marked.ts";
import { readMarkup } from "./markup.ts";

test("cuts spans to a slice", () => {
  const { text, spans } = slice(readMarkup("one *two three* four"), 6, 20);
  assert.equal(text, "o three four");
  assert.deepEqual(spans, [{ start: 0, end: 7, style: "bold" }]);
});

test("moves spans when white space goes and when texts are joined", () => {
  const joined = join([plain("a"), plain(""), trim(readMarkup("  *b* "))], "\n\n");
  assert.deepEqual(joined, { text: "a\n\nb", spans: [{ start: 3, end: 4, style: "bold" }] });
});

test("trims white space to nothing", () => {
  assert.deepEqual(trim(readMarkup(" \n ")), plain(""));
});

test("styles what is neither code nor styled so already", () => {
  const { spans } = styled(readMarkup("a `b` _c_ d"), "italic");
  assert.deepEqual(spans, [
    { start: 0, end: 2, style: "italic" },
    { start: 2, end: 3, style: "code" },
    { start: 3, end: 4, style: "italic" },
    { start: 4, end: 5, style: "italic" },
    { start: 5, end: 7, style: "italic" },
  ]);
});

test("never lets an added style cross one that is there", () => {
  const { text, spans } = styled(readMarkup("a *b `c` d* e"), "italic");
  assert.equal(text, "a b c d e");
  for (const a of spans)
    for (const b of spans)
      assert.ok(!(a.start < b.start && b.start < a.end && a.end < b.end), JSON.stringify(spans));
  for (const at of [0, 2, 6, 8])
    assert.ok(spans.some(({ start, end, style }) => style === "italic" && start <= at && at < end));
});
