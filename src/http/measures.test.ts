import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { Workbench } from "../../test/support/workbench.ts";
import { soleTenure, type Tenure } from "../gateway/nodes/tenure.ts";
import type { Store } from "../store/store.ts";
import { measureRoutes } from "./measures.ts";
import { Recent } from "./recent.ts";
import type { Server } from "./server.ts";

/** The route alone, for a key of all channels, and what it asks of the store. */
async function measuring(bench: Workbench, tenure: Tenure = soleTenure) {
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
    gateway: { ...bench.gateway, store, tenure },
    lanes: { restMs: () => 0, limitPerSecond: () => 1 },
    receivers: { waiting: new Map() },
    recent: new Recent(bench.gateway.clock),
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
  return { asked, levels, names: now.map(({ name }: { name: string }) => name) as string[] };
}

test("whoever asks for the measures has what is stored counted once, and the levels know it", async () => {
  await using bench = await Workbench.open();
  const { asked, levels, names } = await measuring(bench);
  const counts = asked.filter((name) => name === "counts" || name === "backlog" || name === "queues");
  assert.deepEqual(counts.sort(), ["backlog", "counts", "queues"]);
  assert.deepEqual(
    levels.map(({ values }: { values: unknown[] }) => values.at(-1)),
    [0, 0, 0],
  );
  assert.ok(names.includes("antiphon_backlog"));
});

test("a channel's limit is told by the node that works for it, and what waits for it by all", async () => {
  await using bench = await Workbench.open();
  const tellsLimit = (names: string[]) => names.includes("antiphon_channel_limit_per_second");
  const own = await measuring(bench);
  const foreign = await measuring(bench, { ...soleTenure, owns: () => false });
  assert.deepEqual([tellsLimit(own.names), tellsLimit(foreign.names)], [true, false]);
  for (const { names } of [own, foreign]) assert.ok(names.includes("antiphon_channel_calls"));
});
