import assert from "node:assert/strict";
import { test } from "node:test";
import { platforms, platformsAt } from "../index.ts";
import { apiVersion, defaultGraphVersion } from "./graph-versions.ts";

const credentials = { page_id: "1", phone_number_id: "1", instagram_id: "1", access_token: "EAAtoken" };
const call = { method: "POST", path: "/messages", part: "message", body: {} } as const;
const answer = (version: string) => ({
  status: 200,
  headers: { "facebook-api-version": version },
  body: "{}",
});

test("the setting is asked for by every channel of Meta's that names no version, and by no other", () => {
  const at = platformsAt("v26.0");
  for (const name of ["whatsapp", "messenger", "instagram"] as const) {
    const baseUrl = "https://graph.example";
    const ask = (more: object) =>
      new URL(at[name].authorize(call, { baseUrl, credentials: { ...credentials, ...more } }).url).pathname;
    assert.match(ask({}), /^\/v26\.0\//);
    assert.match(ask({ graph_version: "v24.0" }), /^\/v24\.0\//);
    assert.equal(at[name].apiVersion?.of({}), "v26.0");
    assert.equal(platforms[name].apiVersion?.of({}), defaultGraphVersion);
  }
  assert.equal(at.telegram, platforms.telegram);
});

test("the default has no end within half a year of the day on which the list was read", () => {
  const endsAt = apiVersion.endsAt(defaultGraphVersion) ?? Number.POSITIVE_INFINITY;
  assert.ok(endsAt > Date.UTC(2026, 10, 22) + 183 * 86_400_000);
});

test("a version that is older than the list has ended, of a newer one no end is known", () => {
  assert.equal(apiVersion.endsAt("v9.0"), apiVersion.endsAt("v17.0"));
  assert.equal(apiVersion.endsAt("v21.0"), Date.UTC(2027, 0, 21));
  assert.deepEqual(["v26.0", "v99.0", "__proto__"].map(apiVersion.endsAt), [undefined, undefined, undefined]);
});

test("what was served is read from the answer, if it is a version", () => {
  assert.deepEqual(
    ["v24.0", "24", "v1.0\nx", ""].map((one) => apiVersion.served(answer(one))),
    ["v24.0", undefined, undefined, undefined],
  );
});
