import assert from "node:assert/strict";
import { test } from "node:test";
import { bootstrapId, newKeyId, newKeyText, readKeyText } from "./key-text.ts";

const many = <Value>(make: () => Value) => Array.from({ length: 2_000 }, make);

test("a key says its id, has 256 bits of chance, and fits the pattern that scanners are given", () => {
  const keys = many(() => {
    const id = newKeyId();
    const text = newKeyText(id);
    assert.match(text, /^ak_[0-9a-z]{4,32}_[0-9a-f]{64}_[0-9a-f]{8}$/);
    assert.deepEqual(readKeyText(text), { id, isMistyped: false });
    return text;
  });
  assert.equal(new Set(keys.map((text) => text.split("_")[2])).size, keys.length);
  assert.equal(new Set(keys.map((text) => text.split("_")[1])).size, keys.length);
  assert.equal(readKeyText(newKeyText(bootstrapId)).id, bootstrapId);
});

test("a key with any one character changed, left out or doubled is told as mistyped", () => {
  const text = newKeyText(newKeyId());
  for (let at = "ak_".length + 1; at < text.length; at++) {
    if (text[at] === "_") continue;
    const other = text[at] === "0" ? "1" : "0";
    const changed = [text.slice(0, at) + other + text.slice(at + 1)];
    changed.push(text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + text[at] + text.slice(at));
    for (const one of changed) assert.deepEqual(readKeyText(one), { isMistyped: true }, one);
  }
  assert.equal(readKeyText(text.toUpperCase()).id, undefined);
});

test("a key that an operator chose, or that an older version made, claims no id and is not mistyped", () => {
  for (const text of ["chosen-by-the-operator-0123", `ak_${"0f".repeat(24)}`, "ak_", ""]) {
    assert.deepEqual(readKeyText(text), { isMistyped: false });
  }
});
