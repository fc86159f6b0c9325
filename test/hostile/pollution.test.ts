import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readEvents } from "../../src/gateway/receiving/read-events.ts";
import { operations } from "../../src/http/operations.ts";
import { platforms } from "../../src/platforms/index.ts";
import { credentials, platformNames, seeds } from "../fuzz/seeds.ts";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;
before(async () => {
  stack = await startStack({ command: "serve", env: { ANTIPHON_TRUST_PROXY: "true" } });
});
after(() => stack[Symbol.asyncDispose]());

const evil = '{"polluted":"yes","toString":"no","status":200}';
const keys = [
  `"__proto__":${evil}`,
  `"constructor":{"prototype":${evil}}`,
  '"__proto__":null',
  '"__proto__":[1]',
];

/** The key in an object so many levels down, through objects and lists. */
function* places(key: string): Generator<string> {
  for (const depth of [0, 1, 3, 20]) {
    yield `${'{"a":'.repeat(depth)}{${key}}${"}".repeat(depth)}`;
    if (depth > 0) yield `{"a":${"[".repeat(depth)}{${key}}${"]".repeat(depth)}}`;
  }
  yield `{"metadata":{${key}},"from":"7","to":"1","content":{"text":{"body":"x"}}}`;
  yield `{"from":"7","to":"1","content":{"text":{"body":"x",${key}}}}`;
  yield `{"from":"7","to":"1","content":{"interactive":{"action":{"parameters":{${key}}}}}}`;
  yield `{"${"\\u005f\\u005f"}proto${"\\u005f\\u005f"}":${evil}}`;
}

test("__proto__ and constructor.prototype are refused at any depth of any body, and no object is changed", async (t) => {
  const writing = operations.filter(({ body }) => body !== undefined);
  let count = 0;
  // As a page of the console signs in, and each from elsewhere: so many that fail of one address would be refused unread.
  const sender = () => ({
    "sec-fetch-site": "same-origin",
    "x-antiphon-console": "1",
    "x-forwarded-for": `10.0.${count >> 8}.${count & 255}`,
  });
  for (const { method, path } of writing)
    for (const key of keys)
      for (const body of places(key)) {
        const { status, json, text } = await stack.call(
          method.toUpperCase(),
          path.replace(/\{\w+\}/g, "v25.0"),
          body,
          sender(),
        );
        count++;
        if (json?.error) assert.ok(status >= 400 && status < 500, `${path}: ${text}`);
        else {
          assert.equal(status, 422, `${path} ${body.slice(0, 80)}: ${text}`);
          assert.match(JSON.stringify(json.errors), /__proto__|prototype/, body);
        }
      }
  const { json } = await stack.call("GET", "/v1/channels");
  assert.equal(JSON.stringify(json).includes("polluted"), false);
  t.diagnostic(`${count} bodies at ${writing.length} routes`);
});

/** Every object of a payload, with the key in it. */
function* poisoned(seed: string): Generator<string> {
  for (const [index, char] of [...seed].entries())
    if (char === "{")
      for (const key of keys) {
        const rest = seed.slice(index + 1);
        yield `${seed.slice(0, index + 1)}${key}${rest.trimStart().startsWith("}") ? "" : ","}${rest}`;
      }
}

test("a webhook with such keys in any of its objects changes nothing but what it tells", (t) => {
  const before = Object.getOwnPropertyNames(Object.prototype).join();
  let count = 0;
  for (const name of platformNames)
    for (const seed of seeds[name].slice(0, 12))
      for (const payload of poisoned(JSON.stringify(JSON.parse(seed)))) {
        const { events } = readEvents(platforms[name], credentials[name], payload);
        count++;
        for (const event of events) {
          assert.equal((event as unknown as { polluted?: string }).polluted, undefined);
          assert.equal(Object.getPrototypeOf(event), Object.prototype);
        }
        assert.equal(({} as { polluted?: string }).polluted, undefined, payload.slice(0, 200));
      }
  assert.equal(Object.getOwnPropertyNames(Object.prototype).join(), before);
  t.diagnostic(`${count} payloads`);
});

test("a query or a path with such names finds nothing and changes nothing", async () => {
  for (const name of [
    "__proto__",
    "constructor",
    "__proto__[polluted]",
    "constructor.prototype.polluted",
    "toString",
  ]) {
    const { status } = await stack.call("GET", `/v1/messages?${encodeURIComponent(name)}=yes`);
    assert.equal(status, 422, name);
    for (const path of [
      "/v1/channels/",
      "/v1/messages/",
      "/v1/endpoints/",
      "/problems/",
      "/webhooks/meta/",
      "/webhooks/__proto__/",
    ]) {
      const answer = await stack.call("GET", path + encodeURIComponent(name));
      assert.equal(answer.status, 404, `${path}${name}: ${answer.text}`);
    }
  }
});
