import assert from "node:assert/strict";
import { test } from "node:test";
import { examples } from "./examples.ts";
import { sizeLimits } from "./limits.ts";
import { type Content, messageType } from "./message.ts";
import { validatePreview } from "./validate.ts";

for (const { name, content } of examples()) {
  test(`the example ${name} is a valid message`, () => {
    const valid = validatePreview({ platforms: ["whatsapp"], content });
    assert.deepEqual("problems" in valid ? valid.problems : [], []);
  });
}

test("every type of message has an example, and every example a name of its own", () => {
  const types = new Set(examples().map(({ content }) => messageType(content as Content)));
  assert.deepEqual([...types].sort(), Object.keys(sizeLimits).sort());
  const names = examples().map(({ name }) => name);
  assert.equal(new Set(names).size, names.length);
});

test("the long examples are exactly as long as their names say", () => {
  const all = JSON.stringify(examples());
  assert.equal(/"name":"long-body".*?"text":"([^"]*)"/.exec(all)![1]!.length, 1024);
  assert.equal(/"name":"long-text".*?"body":"([^"]*)"/.exec(all)![1]!.length, 4096);
});
