import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { parse } from "./parse.ts";

const folder = new URL("./fixtures/", import.meta.url);
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const credentials = { phone_number_id: "106540352242922" };

for (const file of readdirSync(folder).filter((name) => name.endsWith(".in.json"))) {
  test(`the webhook ${file} gives its events`, () => {
    assert.deepEqual(parse(read(file), credentials), read(file.replace(".in.json", ".events.json")));
  });
}

test("no JSON makes parsing throw, and whatever is not read is told", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      assert.ok(parse(value, credentials).unknown.length > 0);
    }),
  );
});

test("no broken part of a known webhook makes parsing throw", () => {
  const files = readdirSync(folder).filter((name) => name.endsWith(".in.json"));
  const broken = fc.constantFrom(...files).chain((file) => {
    const text = JSON.stringify(read(file));
    const values = [...text.matchAll(/(?<=[:[,])(?:"[^"]*"|\d+|true|false)(?=[,\]}])/g)];
    return fc.record({
      text: fc.constant(text),
      hit: fc.constantFrom(...values),
      by: fc.jsonValue({ maxDepth: 3 }),
    });
  });
  fc.assert(
    fc.property(broken, ({ text, hit, by }) => {
      const payload = text.slice(0, hit.index) + JSON.stringify(by) + text.slice(hit.index + hit[0].length);
      const { events } = parse(JSON.parse(payload), credentials);
      for (const event of events) assert.ok(event.dedupeKey.length > 2);
    }),
    { numRuns: 500 },
  );
});
