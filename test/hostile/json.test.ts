import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { GatewayError } from "../../src/core/problem.ts";
import { parseJson } from "../../src/http/body.ts";
import { processorMs, slowness } from "../support/slowness.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
before(async () => {
  stack = await startStack({ command: "serve" });
});
after(() => stack[Symbol.asyncDispose]());

const bytes = 1024 * 1024;
const mostMs = 20;

/** As many of these, parted by commas, as a megabyte holds, or so many. */
function many(one: (index: number) => string, count = Number.POSITIVE_INFINITY): string {
  const items: string[] = [];
  for (let length = 2; items.length < count; ) {
    const item = one(items.length);
    length += item.length + 1;
    if (length > bytes) break;
    items.push(item);
  }
  return items.join(",");
}

/** What costs most to parse for its size, each as large as a body may be. */
const bombs: Record<string, string> = {
  "a list of numbers": `[${many(() => "0")}]`,
  "a list of large numbers": `[${many(() => "1e308")}]`,
  "a list of lists": `[${many(() => "[]")}]`,
  "a list of objects": `[${many(() => "{}")}]`,
  "lists as deep as may be": `[${many(() => "[".repeat(31) + "]".repeat(31))}]`,
  "many keys": `{${many((n) => `"k${n}":0`)}}`,
  "many keys that are numbers": `{${many((n) => `"${(n * 7919) % 4_294_967}":0`)}}`,
  "one key many times": `{${many(() => '"a":0')}}`,
  "one endless number": `[${"1".repeat(bytes - 2)}]`,
  "one endless fraction": `[0.${"3".repeat(bytes - 4)}]`,
  "one endless exponent": `[1e${"9".repeat(bytes - 4)}]`,
  "one long text": `["${"a".repeat(bytes - 4)}"]`,
  "one text of escapes": `["${"\\u0041".repeat((bytes - 4) / 6)}"]`,
  "one text of quotes": `["${'\\"'.repeat((bytes - 4) / 2)}"]`,
  "one long key": `{"${"k".repeat(bytes - 6)}":0}`,
  "white space": `${" ".repeat(bytes - 2)}{}`,
  "as many keys as may be, each twice": `{${many((n) => `"${"key ".repeat(10)}${n >> 1}":${n}`, 9_990)}}`,
  "as many values as may be": `[${many((n) => `{"key ${n}":"value ${n}"}`, 4_900)}]`,
  "as many keys as may be": `{${many((n) => `"${"key ".repeat(10)}${n}":${n}`, 9_990)}}`,
};

test(`any body that may come is parsed or refused within ${mostMs} ms`, (t) => {
  let slowest = { ms: 0, name: "" };
  for (const [name, body] of Object.entries(bombs)) {
    const raw = Buffer.from(body);
    const parse = () => {
      try {
        parseJson(raw);
      } catch (error) {
        assert.ok(error instanceof GatewayError, name);
      }
    };
    // The least of several: what others do on this machine is no part of the cost.
    const ms = Math.min(...Array.from({ length: 7 }, () => processorMs(parse)));
    if (ms > slowest.ms) slowest = { ms, name };
  }
  t.diagnostic(
    `the slowest of ${Object.keys(bombs).length} took ${slowest.ms.toFixed(1)} ms: ${slowest.name}`,
  );
  assert.ok(slowest.ms <= mostMs * slowness(), `${slowest.name} took ${slowest.ms} ms`);
});

test("each bomb is refused in a small answer, and the gateway goes on", async (t) => {
  let longest = 0;
  for (const [name, body] of Object.entries(bombs)) {
    for (const path of ["/v1/messages", "/v1/endpoints", "/v25.0/7/messages"]) {
      const { status, text } = await stack.call("POST", path, body);
      assert.ok(status >= 400 && status < 500, `${name} at ${path}: ${status}`);
      longest = Math.max(longest, text.length);
    }
  }
  t.diagnostic(`the longest refusal has ${longest} characters`);
  assert.ok(longest < 100_000, `${longest} characters`);
  assert.equal((await stack.call("GET", "/healthz")).status, 200);
});

test("a number that is none in a computer is no number of a message", async () => {
  for (const number of ["1e999", "-1e999", "1e-999999", "9".repeat(400)]) {
    const body = `{"from":"7","to":"1","content":{"text":{"body":"x"}},"ttl_seconds":${number}}`;
    const { status } = await stack.call("POST", "/v1/messages", body);
    assert.ok([404, 422].includes(status), `${number}: ${status}`);
  }
});
