import assert from "node:assert/strict";
import { test } from "node:test";
import { processorMs, slowness } from "../../test/support/slowness.ts";
import { links } from "./link.ts";

const found = (text: string) => links(text).map(({ start, end }) => text.slice(start, end));

const cases: [text: string, ...links: string[]][] = [
  ["See https://example.com/a_b?c=1.", "https://example.com/a_b?c=1"],
  ["(http://a.example), *www.b.example*", "http://a.example", "www.b.example"],
  ["naïvehttp://example.com/x", "http://example.com/x"],
  ["xhttps://example.com/x", "https://example.com/x"],
  ["tg://resolve?domain=a and example.com/menu", "tg://resolve?domain=a", "example.com/menu"],
  ["3.5% at ana@example.com"],
];

for (const [text, ...expected] of cases) {
  test(`the links of ${JSON.stringify(text)}`, () => assert.deepEqual(found(text), expected));
}

test("a text of one letter over and over is searched in no time", () => {
  const ms = processorMs(() => {
    found("a".repeat(100_000));
    found("a.".repeat(50_000));
  });
  assert.ok(ms < 500 * slowness(), `${ms} ms`);
});
