import assert from "node:assert/strict";
import { test } from "node:test";
import { sized, withoutContent, withoutParts } from "./redaction.ts";

const pairs: [title: string, payload: unknown, redacted: unknown][] = [
  [
    "of a message only ids, times and types stay; its neighbours stay whole",
    {
      object: "instagram",
      entry: [
        {
          sender: { id: "9" },
          message: { mid: "m1", text: "secret", attachments: [{ payload: { url: "u" } }] },
        },
        { message: { mid: "m2", text: "other" } },
      ],
    },
    {
      object: "instagram",
      entry: [
        { sender: { id: "9" }, message: { mid: "m1", text: "", attachments: [{ payload: { url: "" } }] } },
        { message: { mid: "m2", text: "other" } },
      ],
    },
  ],
  [
    "an edit that names it loses its text, numbers are zero, what has no text stays",
    {
      messages: [
        { id: "e1", type: "edit", edit: { original_message_id: "m1", message: { text: { body: "new" } } } },
        { id: "m1", from: "1", type: "location", location: { latitude: 52.5, named: true, name: null } },
      ],
    },
    {
      messages: [
        { id: "e1", type: "edit", edit: { original_message_id: "m1", message: { text: { body: "" } } } },
        { id: "m1", from: "1", type: "location", location: { latitude: 0, named: true, name: null } },
      ],
    },
  ],
  [
    "a kept name that holds more than a value is emptied too",
    { mid: "m1", from: { name: "secret" } },
    { mid: "m1", from: { name: "" } },
  ],
];

for (const [title, payload, redacted] of pairs) {
  test(title, () => assert.deepEqual(JSON.parse(withoutContent(JSON.stringify(payload), "m1")), redacted));
}

test("of a payload that does not hold the id as it is, or that is no JSON, nothing stays", () => {
  for (const body of ['{"text":"secret m1"}', '{"key":"m1","text":"secret"}', "secret", ""])
    assert.equal(withoutContent(body, "m1"), "");
});

test("what takes the place of a text is as long in bytes, and still JSON", () => {
  const text = sized('{"a":""}', '{"a":"ção ✓"}');
  assert.equal(Buffer.byteLength(text), Buffer.byteLength('{"a":"ção ✓"}'));
  assert.deepEqual(JSON.parse(text), { a: "" });
  assert.equal(sized("longer", "a"), "longer");
});

test("a part that a pointer names leaves its ids, times and types; where the pointer misses, what is around it goes", () => {
  const body = JSON.stringify({
    entry: [{ id: "1", text: "a", at: { "x/y": { type: "t", text: "b", n: 5 } } }, "c"],
  });
  const rows: [pointer: string, entry: unknown[]][] = [
    ["/entry/0/at/x~1y", [{ id: "1", text: "a", at: { "x/y": { type: "t", text: "", n: 0 } } }, "c"]],
    ["/entry/1", [{ id: "1", text: "a", at: { "x/y": { type: "t", text: "b", n: 5 } } }, ""]],
    ["", [{ id: "1", text: "", at: { "x/y": { type: "t", text: "", n: 0 } } }, ""]],
    ...["/none", "/entry/2", "/entry/length", "/entry/"].map((pointer): [string, unknown[]] => [
      pointer,
      [{ id: "1", text: "", at: { "x/y": { type: "t", text: "", n: 0 } } }, ""],
    ]),
  ];
  for (const [pointer, entry] of rows)
    assert.deepEqual(JSON.parse(withoutParts(body, [pointer])), { entry }, pointer);
  assert.equal(withoutParts("no JSON", [""]), "");
});
