import assert from "node:assert/strict";
import { test } from "node:test";
import { canonical, readKey } from "./idempotency.ts";

const taken: [header: string, key: string][] = [
  ["8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ['"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"],
  ["!", "!"],
  ["~", "~"],
  ['a"b', 'a"b'],
  ['"a\\"b"', 'a"b'],
  ['"a\\\\b"', "a\\b"],
  ["a\\b", "a\\b"],
  ["k".repeat(255), "k".repeat(255)],
  [`"${"k".repeat(255)}"`, "k".repeat(255)],
];
for (const [header, key] of taken) {
  test(`the key ${header.slice(0, 40)} is taken`, () => assert.equal(readKey(header), key));
}

const refused = {
  "nothing at all": "",
  "an empty string in quotes": '""',
  "256 characters": "k".repeat(256),
  "256 characters in quotes": `"${"k".repeat(256)}"`,
  "a space": "a b",
  "a space in quotes": '"a b"',
  "a letter beyond ASCII": "clé",
  "a tab": "a\tb",
  "a quote that is not closed": '"abc',
  "a quote alone": '"',
  "something behind the quotes": '"abc";a=1',
  "an escape of something else": '"a\\n"',
  "an escaped end": '"abc\\"',
  "two keys, as Node.js joins them": "a, b",
  "two keys in quotes": '"a", "b"',
};
for (const [what, header] of Object.entries(refused)) {
  test(`a key is refused that is or has ${what}`, () => {
    assert.throws(() => readKey(header), { code: "invalid_idempotency_key" });
  });
}

test("bodies that mean the same have one text, and others have another", () => {
  const text = canonical(JSON.parse('{"b":[1,{"y":null,"x":"é"}],"a":1.0}'));
  assert.equal(text, canonical(JSON.parse(' {"a" : 1, "b":[1,{"x":"\\u00e9","y":null}] }')));
  const others = [
    '{"b":[{"y":null,"x":"é"},1],"a":1}',
    '{"b":[1,{"y":null,"x":"é"}],"a":"1"}',
    '{"b":[1,{"y":null,"x":"é "}],"a":1}',
    '{"b":[1,{"x":"é"}],"a":1}',
    "[]",
    "null",
  ];
  for (const other of others) assert.notEqual(canonical(JSON.parse(other)), text, other);
  assert.equal(canonical(undefined), canonical(undefined));
});
