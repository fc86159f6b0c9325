import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import type { Caller } from "../core/caller.ts";
import type { Clock } from "../core/clock.ts";
import { GatewayError } from "../core/problem.ts";
import { FailedAttempts } from "../gateway/access/failed-attempts.ts";
import type { Admittance } from "../gateway/access/keys.ts";
import { healthRoutes } from "./health.ts";
import { Metrics } from "./metrics.ts";
import type { Server } from "./server.ts";

const key = "a key of sixteen or more";
const counts = {
  messages: {},
  calls: {},
  deliveries: {},
  payloads: { undigested: 0, unknownParts: 0, unrouted: 0 },
  unroutedParts: { unknown: 0, refused: 0 },
};

const reader = { keyId: "key_1", name: "metrics", scopes: ["read"], channels: [] as string[] };
const authenticate = (text: string): Admittance =>
  text === key ? { caller: reader as Caller } : { reason: "It is not the key." };

const readable = {
  counts: async () => counts,
  queues: async () => ({ channels: new Map(), apps: new Map(), endpoints: new Map() }),
  backlog: async () => ({ all: { queued: 0, unread: 0 } }),
  endpoints: async () => [],
  refusal: async (): Promise<string | undefined> => undefined,
};

function appOn(store: object, after: Clock["after"] = () => () => {}) {
  const app = fastify({ trustProxy: true });
  app.setErrorHandler((_error, _request, reply) => reply.code(401).send());
  const server = {
    gateway: {
      store,
      admission: { limits: { maxQueued: 1, maxUnread: 1 } },
      apps: { all: () => [] },
      channels: { all: () => [] },
      clock: { now: () => 0, steady: () => 0, after },
      keys: { authenticate },
    },
    notReady: () => [],
    behind: () => [],
    sizes: async () => ({ files: {}, freeBytes: 0 }),
    backups: { list: async () => [] },
    invariants: { last: { violations: [] } },
    metrics: new Metrics(),
    failedAttempts: new FailedAttempts({ steady: () => 0 }),
  };
  healthRoutes(app, server as unknown as Server);
  return app;
}

async function metricsFor(remoteAddress: string, headers: Record<string, string> = {}): Promise<number> {
  return (await appOn(readable).inject({ url: "/metrics", remoteAddress, headers })).statusCode;
}

test("metrics are open to every loopback address and to no other, however it is called in a header", async () => {
  for (const address of ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
    assert.equal(await metricsFor(address), 200, address);
  for (const address of ["10.0.0.1", "203.0.113.9", "::ffff:10.0.0.1", "fe80::1", "1127.0.0.1"]) {
    assert.equal(await metricsFor(address), 401, address);
    assert.equal(await metricsFor(address, { "x-forwarded-for": "127.0.0.1" }), 401, address);
    assert.equal(await metricsFor(address, { "x-api-key": key.replaceAll(" ", "") }), 401, address);
    assert.equal(await metricsFor(address, { "x-api-key": key }), 200, address);
  }
});

const away = "The database does not answer.";
const refuse = async () => {
  throw new GatewayError("unavailable", away);
};
const unread = { counts: refuse, queues: refuse, backlog: refuse, endpoints: refuse };
const refusing = {
  "nobody has written since": { ...readable, ...unread },
  "a write was refused": { ...readable, ...unread, refusal: async () => away },
};

for (const [when, store] of Object.entries(refusing)) {
  test(`while the database is away /readyz is 503 in its own shape, also when ${when}`, async () => {
    const answered = await appOn(store).inject({ url: "/readyz" });
    assert.equal(answered.statusCode, 503);
    assert.deepEqual(answered.json(), {
      status: "not ready",
      reasons: [away],
      problems: [{ code: "no_storage", detail: away }],
    });
  });

  test(`while the database is away /metrics tells what needs none, also when ${when}`, async () => {
    const { statusCode, body } = await appOn(store).inject({ url: "/metrics" });
    assert.equal(statusCode, 200);
    assert.match(body, /^antiphon_ready 0$/m);
    assert.match(body, /^antiphon_backlog_limit\{of="calls"\} 1$/m);
    assert.match(body, /^process_cpu_seconds_total /m);
    assert.doesNotMatch(body, /^antiphon_(messages|backlog)\{/m);
  });
}

test("a store that answers is ready, in /readyz and in the metrics", async () => {
  const ready = await appOn(readable).inject({ url: "/readyz" });
  assert.deepEqual([ready.statusCode, ready.json()], [200, { status: "ready" }]);
  assert.match((await appOn(readable).inject({ url: "/metrics" })).body, /^antiphon_ready 1$/m);
});

test("a store that keeps who asks waiting is given up: not ready, and the metrics say so", async () => {
  const silent = () => new Promise(() => {});
  const atOnce: Clock["after"] = (_ms, act) => {
    setImmediate(act);
    return () => {};
  };
  const app = appOn({ ...readable, endpoints: silent, queues: silent }, atOnce);
  const ready = await app.inject("/readyz");
  assert.deepEqual([ready.statusCode, ready.json().problems[0].code], [503, "no_storage"]);
  const metrics = await app.inject("/metrics");
  assert.equal(metrics.statusCode, 200);
  assert.match(metrics.body, /^antiphon_ready 0$/m);
});
