import assert from "node:assert/strict";
import { test } from "node:test";
import { type Stack, startStack } from "../support/stack.ts";

// biome-ignore lint/suspicious/noExplicitAny: see Answer.json of the stack
const entries = async (stack: Stack, query = ""): Promise<any[]> =>
  (await stack.call("GET", `/v1/audit?limit=200${query}`)).json.data;

test("of what an address names only ids of ours are kept: no key that somebody means to revoke, no number of a person", async () => {
  await using stack = await startStack();
  const { json: key } = await stack.call("POST", "/v1/keys", { name: "leaked", scopes: ["read"] });
  const [channel] = (await stack.call("GET", "/v1/channels")).json.data;
  const { json: app } = await stack.call("POST", "/v1/apps", {
    app_id: "4711",
    app_secret: "0123456789abcdef",
  });
  const unknown = "01a20183-f552-7b4c-a2bd-bec995e30931";
  const foreign = `wamid.${Buffer.from("HBg 5511987654321 0123456789abcdef0123456789abcde").toString("base64")}`;
  const asked: [method: string, path: string, target: string][] = [
    ["DELETE", `/v1/keys/${key.key}`, "[withheld]"],
    ["DELETE", `/v1/keys/${unknown}`, "[withheld]"],
    ["DELETE", `/v1/contacts/+5511987654321`, "[withheld]"],
    ["GET", `/v1/contacts/5511987654321/export`, "[withheld]"],
    ["POST", `/v1/messages/${foreign}/cancel`, "[withheld]"],
    ["DELETE", `/v1/contacts/${unknown}`, unknown],
    ["PATCH", `/v1/channels/${channel.natural_id}`, channel.id],
    ["DELETE", `/v1/channels/${channel.natural_id}`, channel.id],
    ["DELETE", `/v1/apps/4711`, app.id],
    ["DELETE", `/v1/keys/${key.id}`, key.id],
  ];
  for (const [method, path] of asked) await stack.call(method, path, method === "PATCH" ? {} : undefined);
  const told = (await entries(stack)).slice(0, asked.length).reverse();
  assert.deepEqual(
    told.map((entry) => entry.target),
    asked.map(([, , target]) => target),
  );
});

test("a key that is refused over and over fills no disk: 100 refusals an hour are kept, and all that is done", async () => {
  await using stack = await startStack({ env: { LOG_LEVEL: "info" } });
  const { json: key } = await stack.call("POST", "/v1/keys", { name: "reader", scopes: ["read"] });
  const { json: manager } = await stack.call("POST", "/v1/keys", { name: "manager", scopes: ["manage"] });
  const by = (text: string) => ({ authorization: `Bearer ${text}` });
  for (let n = 0; n < 120; n++)
    assert.equal((await stack.call("POST", "/v1/channels", {}, by(key.key))).status, 403);
  assert.equal((await entries(stack, `&key=${key.id}`)).length, 100);
  assert.equal((stack.stdout + stack.stderr).split("too often to be kept").length - 1, 20);
  assert.equal((await stack.call("POST", "/v1/channels", {}, by(manager.key))).status, 422);
  assert.equal((await entries(stack, `&key=${manager.id}`)).length, 1);
});

test("what is managed is told with who, what, where from and how it ended, and without a value", async () => {
  await using stack = await startStack();
  const { json: key } = await stack.call("POST", "/v1/keys", { name: "shop", scopes: ["manage"] });
  const [channel] = (await stack.call("GET", "/v1/channels")).json.data;
  const asShop = { authorization: `Bearer ${key.key}` };
  const path = `/v1/channels/${channel.id}`;
  assert.equal(
    (await stack.call("PATCH", path, { name: "CANARY-name", retention: { content_days: 3 } }, asShop)).status,
    200,
  );
  assert.equal((await stack.call("PATCH", path, { "CANARY-field": 1 }, asShop)).status, 422);
  assert.equal((await stack.call("POST", "/v1/backups", undefined, asShop)).status, 403);
  const wish = { url: `${stack.url}/nowhere` };
  const keyed = { ...asShop, "idempotency-key": "once" };
  const endpoint = await stack.call("POST", "/v1/endpoints", wish, keyed);
  await stack.call("POST", "/v1/endpoints", wish, keyed);
  const { json, text } = await stack.call("GET", "/v1/audit?limit=50");
  const told = json.data.map(({ key: by, action, target, fields, status }: Record<string, unknown>) => [
    (by as { name: string }).name,
    action,
    target,
    fields,
    status,
  ]);
  assert.deepEqual(told.slice(0, 5), [
    ["shop", "POST /v1/endpoints", endpoint.json.id, ["url"], 201],
    ["shop", "POST /v1/backups", undefined, [], 403],
    ["shop", "PATCH /v1/channels/{id}", channel.id, [], 422],
    ["shop", "PATCH /v1/channels/{id}", channel.id, ["name", "retention.content_days"], 200],
    [told[4][0], "POST /v1/keys", key.id, ["name", "scopes"], 201],
  ]);
  assert.ok(!text.includes("CANARY") && !text.includes(key.key));
  assert.equal(json.data[0].address, "127.0.0.1");
  const only = await stack.call("GET", `/v1/audit?target=${channel.id}&key=${key.id}`);
  assert.equal(only.json.data.length, 2);
  const check = (await stack.call("GET", "/v1/audit/check")).json;
  assert.deepEqual([check.intact, check.head.hash], [true, json.data[0].hash]);
  assert.equal((await stack.call("GET", "/v1/audit", undefined, asShop)).status, 403);
});
