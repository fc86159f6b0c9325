import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GatewayError } from "../core/problem.ts";
import { parseJson } from "./body.ts";

const parse = (text: string) => parseJson(Buffer.from(text));

function refusal(bytes: string | Uint8Array): GatewayError {
  try {
    parseJson(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
  } catch (error) {
    assert.ok(error instanceof GatewayError, String(error));
    return error;
  }
  assert.fail("it was taken");
}

test("JSON is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const text = JSON.stringify(value);
      if (!text.includes("__proto__")) assert.deepEqual(parse(text), JSON.parse(text));
    }),
  );
});

test("what is no JSON is refused with invalid_json", () => {
  for (const text of [
    "",
    " ",
    "{",
    "{'a':1}",
    "{a:1}",
    '{"a":1}}',
    "NaN",
    "[1,]",
    "undefined",
    "\u0000",
    "﻿x",
  ])
    assert.equal(refusal(text).code, "invalid_json", text);
});

test("what is no UTF-8 is refused with invalid_json", () => {
  for (const bytes of [
    [0x22, 0xff, 0x22],
    [0x22, 0xc3, 0x22],
    [0x22, 0xed, 0xa0, 0x80, 0x22],
    [0xfe, 0xff, 0, 0x7b],
  ])
    assert.equal(refusal(Uint8Array.from(bytes)).code, "invalid_json");
});

test("a body is taken at 32 levels and refused at 33, before it is parsed", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  assert.doesNotThrow(() => parse(nested(32)));
  const { code, detail } = refusal(nested(33));
  assert.equal(code, "too_deep");
  assert.match(detail, /33 levels deep; 32 are allowed/);
  assert.equal(refusal("[".repeat(500_000)).code, "too_deep");
  assert.equal(refusal('{"a":'.repeat(100_000)).code, "too_deep");
});

test("brackets inside a text are no depth", () => {
  const text = `${"[{".repeat(100)}"\\`;
  assert.deepEqual(parse(JSON.stringify({ text })), { text });
});

test("a __proto__ key is refused at any depth, with a pointer to each", () => {
  const body = '{"__proto__":1,"content":{"a~b":[{"x":{"__proto__":{"admin":true}}}]},"text":"__proto__"}';
  const { code, errors } = refusal(body);
  assert.equal(code, "invalid_request");
  assert.deepEqual(
    errors.map(({ pointer }) => pointer),
    ["/__proto__", "/content/a~0b/0/x/__proto__"],
  );
  assert.equal(refusal('{"\\u005f_proto__":1}').code, "invalid_request", "spelled with an escape too");
  assert.equal(({} as { admin?: boolean }).admin, undefined);
});

test("a key that stands twice in one object is refused with a pointer to it, and one in two objects is not", () => {
  const twice = '{"to":"1","content":{"a":[{"x":1},{"x":2,"y":":,{","\\u0078":3}]},"t\\u006f":"2","to":"3"}';
  const { code, errors } = refusal(twice);
  assert.equal(code, "invalid_request");
  assert.deepEqual(
    errors.map(({ pointer, rule }) => `${rule} ${pointer}`),
    ["doubled_key /content/a/1/x", "doubled_key /to", "doubled_key /to"],
  );
  const once = { to: { to: [{ to: 1 }, { to: "a:b" }, "to:"] }, text: '"to":"\\\\","to":' };
  assert.deepEqual(parse(JSON.stringify(once)), once);
});

test("numbers stay what JSON.parse makes of them", () => {
  assert.deepEqual(parse("[1e400,-0,0.1,9007199254740993]"), JSON.parse("[1e400,-0,0.1,9007199254740993]"));
  assert.equal(refusal("[01]").code, "invalid_json");
});
