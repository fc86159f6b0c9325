import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { Workbench } from "../../test/support/workbench.ts";
import type { Store } from "../store/store.ts";
import { measureRoutes } from "./measures.ts";
import { Recent } from "./recent.ts";
import type { Server } from "./server.ts";

test("whoever asks for the measures has what is stored counted once, and the levels know it", async () => {
  await using bench = await Workbench.open();
  const { clock } = bench.gateway;
  const asked: string[] = [];
  const store = new Proxy(bench.store, {
    get: (target, name) => {
      const intent = target[name as keyof Store] as (...args: unknown[]) => unknown;
      if (typeof intent !== "function") return intent;
      return (...args: unknown[]) => {
        asked.push(String(name));
        return intent.apply(target, args);
      };
    },
  });
  const server = {
    gateway: { ...bench.gateway, store },
    lanes: { restMs: () => 0, limitPerSecond: () => 1 },
    receivers: { waiting: new Map() },
    recent: new Recent(clock),
    invariants: { last: { violations: [] } },
    backups: { list: async () => [] },
    sizes: async () => ({ files: {}, freeBytes: 1 }),
    notReady: () => [],
  } as unknown as Server;
  const app = fastify();
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    Object.assign(request, { caller: { keyId: "key", channels: [], scopes: ["read"] } });
  });
  measureRoutes(app, server);
  await app.ready();
  // The look at the start was asked for by then.
  asked.length = 0;
  const { levels, now } = (await app.inject("/v1/measures")).json();
  await app.close();
  const counts = asked.filter((name) => name === "counts" || name === "backlog" || name === "queues");
  assert.deepEqual(counts.sort(), ["backlog", "counts", "queues"]);
  assert.equal(levels.length, 3);
  assert.ok(now.some(({ name }: { name: string }) => name === "antiphon_backlog"));
});
