import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { unmeasured } from "../core/meter.ts";
import type { InboundRequest } from "../core/platform.ts";
import { GatewayError, problems } from "../core/problem.ts";
import { untraced } from "../core/tracing.ts";
import { RefusedWebhooks } from "../gateway/receiving/refused-webhooks.ts";
import { appProvider } from "../platforms/index.ts";
import { BodyRoom } from "./body-room.ts";
import { Metrics } from "./metrics.ts";
import { platformRoutes } from "./platforms.ts";
import { boundBodies } from "./receive-body.ts";
import type { Server } from "./server.ts";

/** An app that serves these channels, of which those in `suspended` rest. */
async function statusFor(channels: string[], suspended: string[]): Promise<number> {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) =>
    reply.code(error instanceof GatewayError ? problems[error.code].status : 500).send(),
  );
  const gateway = {
    provider: { ...appProvider, verify: (_request: InboundRequest) => ({ kind: "genuine" }) },
    apps: { get: (id: string) => (id === "known" ? { id } : undefined) },
    channels: {
      of: () => channels.map((id) => ({ id })),
      isSuspended: (id: string) => suspended.includes(id),
    },
    store: { storeAppPayload: async () => {} },
    refusedWebhooks: new RefusedWebhooks(),
    admission: { webhook: (work: () => Promise<void>) => work() },
    clock: { now: () => 0, steady: () => 0 },
    meter: unmeasured,
    tracing: untraced,
    appPayloadsReady: { raise: () => {} },
  };
  boundBodies(app, new BodyRoom(1_000_000));
  platformRoutes(app, { gateway, metrics: new Metrics() } as unknown as Server);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const { status } = await fetch(`${url}/webhooks/meta/known`, { method: "POST", body: "{}" });
  await app.close();
  return status;
}

test("an app takes webhooks before it has a channel and while one of them is in use, not when all are suspended", async () => {
  assert.equal(await statusFor([], []), 200);
  assert.equal(await statusFor(["a", "b"], ["a"]), 200);
  assert.equal(await statusFor(["a", "b"], ["a", "b"]), 404);
});
