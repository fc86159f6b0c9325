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

const number = { phone_number_id: "106540352242922" };
const webhook = (field: "messages" | "statuses", ...parts: object[]) => ({
  object: "whatsapp_business_account",
  entry: [{ id: "1", changes: [{ field: "messages", value: { metadata: number, [field]: parts } }] }],
});
const text = { from: "16505551234", id: "wamid.IN", type: "text", text: { body: "Hi" } };

test("a time outside 2000 to 2100 is no time, and the message or status is read all the same", () => {
  for (const timestamp of ["99999999999", "0", "-1", 1e300, 253402300800, null, {}, "soon"]) {
    const [message] = parse(webhook("messages", { ...text, timestamp }), credentials).events;
    const status = { id: "wamid.OUT", status: "read", timestamp };
    const [receipt] = parse(webhook("statuses", status), credentials).events;
    assert.deepEqual([message?.kind, message?.at], ["received", undefined]);
    assert.deepEqual([receipt?.kind, receipt?.at], ["status", undefined]);
  }
  const [dated] = parse(webhook("messages", { ...text, timestamp: "1750030073" }), credentials).events;
  assert.equal(dated?.at, 1_750_030_073_000);
});

test("what nests too deep to be stored is unknown, wherever it stands", () => {
  const deep = (levels: number) => JSON.parse(`${'{"a":['.repeat(levels)}${"]}".repeat(levels)}`);
  const base = { from: "16505551234", id: "wamid.IN", timestamp: "1750030073" };
  const places = (value: unknown) => [
    { ...base, type: "order", order: value },
    { ...base, type: "contacts", contacts: [value] },
    {
      ...base,
      type: "interactive",
      interactive: { type: "call_permission_reply", call_permission_reply: value },
    },
    { ...base, type: "edit", edit: { original_message_id: "x", message: { type: "order", order: value } } },
    { ...base, type: "something", something: value },
  ];
  const { events, unknown } = parse(webhook("messages", ...places(deep(100_000))), credentials);
  assert.deepEqual([events.length, unknown.length], [0, 5]);
  assert.equal(parse(webhook("messages", ...places(deep(10))), credentials).events.length, 4);
  assert.deepEqual(parse(deep(100_000), credentials).events, []);
});
