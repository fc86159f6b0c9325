import assert from "node:assert/strict";
import { test } from "node:test";
import { startStack } from "../support/stack.ts";

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
