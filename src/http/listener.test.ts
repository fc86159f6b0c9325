import assert from "node:assert/strict";
import { test } from "node:test";
import { Connections } from "./connections.ts";
import { Intake } from "./intake.ts";
import { listener } from "./listener.ts";

test("headers may take 10 s and a request 30 s, and each second it is seen who took longer", () => {
  const server = listener(() => {}, {
    connections: new Connections(10),
    intake: new Intake(),
    refused: () => {},
  });
  const { headersTimeout, requestTimeout } = server;
  // Node's types lack how often it looks; by itself it would be every 30 s, and 10 s could be 40.
  const looksEveryMs = Reflect.get(server, "connectionsCheckingInterval");
  assert.deepEqual([headersTimeout, requestTimeout, looksEveryMs], [10_000, 30_000, 1_000]);
});
