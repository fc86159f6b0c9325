import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { openApiRoutes } from "./openapi.ts";

const app = fastify();
openApiRoutes(app);
const { paths } = (await app.inject("/openapi.json")).json();

test("a body that may be left out is not required, any other is", () => {
  assert.equal(paths["/v1/channels/{id}/register"].post.requestBody.required, false);
  assert.equal(paths["/v1/channels"].post.requestBody.required, true);
  assert.equal(paths["/v1/channels/{id}/check"].post.requestBody, undefined);
});

test("the answers by which accounts are connected are described field by field", () => {
  const schemaOf = (path: string, method: string, status: number) =>
    paths[path][method].responses[status].content?.["application/json"].schema;
  assert.deepEqual(schemaOf("/v1/apps", "post", 201), schemaOf("/v1/apps/{id}", "get", 200));
  assert.deepEqual(schemaOf("/v1/apps", "get", 200).properties.data.items.properties.app_id, {
    type: "string",
    description: "The provider's own id of the app.",
  });
  assert.ok(schemaOf("/v1/apps/{id}", "patch", 200).required.includes("verify_token"));
  assert.ok(schemaOf("/v1/channels/{id}/check", "post", 200).required.includes("advice"));
  assert.equal(schemaOf("/v1/channels/{id}/register", "post", 200).anyOf.length, 2);
});

test("all that a channel's change may hold is told", () => {
  assert.match(paths["/v1/channels/{id}"].patch.summary, /credentials or options/);
});
