import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createParser } from "eventsource-parser";
import { request } from "undici";
import { type Stack, startStack } from "../support/stack.ts";

let stack: Stack;

before(async () => {
  stack = await startStack();
});
after(() => stack[Symbol.asyncDispose]());

/** The first that fits of what the gateway passes on. */
// biome-ignore lint/suspicious/noExplicitAny: entries are JSON
async function watched(work: () => Promise<unknown>, fits: (entry: any) => boolean): Promise<any> {
  const answer = await request(`${stack.url}/v1/simulator/stream`, {
    headers: { authorization: `Bearer ${stack.key}` },
  });
  assert.equal(answer.statusCode, 200);
  await work();
  let found: unknown;
  const parser = createParser({
    onEvent({ data }) {
      const entry = JSON.parse(data);
      if (fits(entry)) found ??= entry;
    },
  });
  for await (const chunk of answer.body) {
    parser.feed(String(chunk));
    if (found) break;
  }
  return found;
}

test("people, screens, acts, faults and what happens are passed on to the simulator", async () => {
  const people = await stack.call("GET", "/v1/simulator/people");
  assert.deepEqual(people.json, (await stack.simulate("GET", "/people")).json);
  const [ana] = people.json.data;
  const act = { act: "say", text: "By way of the gateway" };
  const acted = await watched(
    async () => {
      const { status } = await stack.call("POST", `/v1/simulator/people/${ana.id}/acts`, act);
      assert.equal(status, 200);
    },
    ({ kind }) => kind === "act",
  );
  assert.deepEqual([acted.person, acted.act], [ana.id, act]);
  const screen = await stack.call("GET", `/v1/simulator/people/${ana.id}/screen`);
  assert.equal(screen.json.messages.at(-1).text, act.text);

  const fault = { kind: "rate_limit", platform: "telegram", count: 1 };
  assert.equal((await stack.call("POST", "/v1/simulator/faults", fault)).status, 201);
  const faults = await stack.call("GET", "/v1/simulator/faults");
  assert.equal(faults.json.data[0].kind, "rate_limit");
  const { id } = faults.json.data[0];
  assert.equal((await stack.call("DELETE", `/v1/simulator/faults/${id}`)).json.kind, "rate_limit");
  assert.equal((await stack.call("DELETE", `/v1/simulator/faults/${id}`)).status, 404);
  await stack.call("POST", "/v1/simulator/faults", fault);
  assert.equal((await stack.call("DELETE", "/v1/simulator/faults")).status, 200);
  assert.deepEqual((await stack.simulate("GET", "/faults")).json.data, []);
});

test("a refusal comes in the simulator's own words", async () => {
  const [ana] = (await stack.call("GET", "/v1/simulator/people")).json.data;
  const wrong = await stack.call("POST", `/v1/simulator/people/${ana.id}/acts`, { act: "fly" });
  assert.equal(wrong.status, 422);
  assert.match(wrong.json.detail, /"act" must be one of say, tap/);
  const nobody = await stack.call("GET", "/v1/simulator/people/whatsapp:0/screen");
  assert.equal(nobody.status, 404);
  assert.match(nobody.json.detail, /There is no person/);
});

test("its accounts' tokens are for whoever may connect channels by them", async () => {
  for (const scopes of [["read"], ["send"], ["manage"]]) {
    const { json: made } = await stack.call("POST", "/v1/keys", { name: scopes[0], scopes });
    const key = { authorization: `Bearer ${made.key}` };
    const { status, text } = await stack.call("GET", "/v1/simulator/accounts", undefined, key);
    assert.deepEqual(
      [status, text.includes("app_secret")],
      scopes[0] === "manage" ? [200, true] : [403, false],
    );
    if (status !== 403) continue;
    const another = await stack.call("POST", "/v1/simulator/accounts", { platform: "telegram" }, key);
    assert.equal(another.status, 403);
  }
});

test("nothing else of the simulator is reached, whatever stands in an id, and no token is told by it", async () => {
  for (const path of [
    "/v1/simulator/calls",
    "/v1/simulator/people/..%2Faccounts/screen",
    "/v1/simulator/people/x%3F/screen",
    "/v1/simulator/people/%2E%2E/screen",
  ]) {
    const { status, text } = await stack.call("GET", path);
    assert.equal(status, 404, `${path}: ${text}`);
    assert.ok(!text.includes("app_secret"));
  }
  const long = { act: "say", text: "x".repeat(70_000) };
  const [ana] = (await stack.call("GET", "/v1/simulator/people")).json.data;
  assert.equal((await stack.call("POST", `/v1/simulator/people/${ana.id}/acts`, long)).status, 413);
});

test("a key that is revoked sees no more of what happens", async () => {
  const made = await stack.call("POST", "/v1/keys", { name: "watcher", scopes: ["read"] });
  const answer = await request(`${stack.url}/v1/simulator/stream`, {
    headers: { authorization: `Bearer ${made.json.key}` },
  });
  assert.equal(answer.statusCode, 200);
  await stack.call("DELETE", `/v1/keys/${made.json.id}`);
  // It ends; while the key is good it would not.
  for await (const _ of answer.body);
});

test("what simulated people do is no matter of the audit log", async () => {
  const { json } = await stack.call("GET", "/v1/audit");
  assert.deepEqual(
    json.data.filter(({ action }: { action: string }) => action.includes("/v1/simulator")),
    [],
  );
});

test("a gateway without a simulator says how to have one", async () => {
  const [one] = await Promise.all([startStack({ command: "serve" })]);
  try {
    const { status, json } = await one.call("GET", "/v1/simulator/people");
    assert.equal(status, 503);
    assert.match(json.detail, /No simulator answers at http:\/\/127\.0\.0\.1:\d+\. npm start runs one/);
    const stream = await one.call("GET", "/v1/simulator/stream");
    assert.equal(stream.status, 503);
  } finally {
    await one[Symbol.asyncDispose]();
  }
});
