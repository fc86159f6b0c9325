import assert from "node:assert/strict";
import { test } from "node:test";
import fastify from "fastify";
import { eventually } from "../../test/support/eventually.ts";
import type { Caller } from "../core/caller.ts";
import { auditRoutes } from "./audit.ts";
import { contactRoutes } from "./contacts.ts";
import { eventRoutes } from "./events.ts";
import type { Server } from "./server.ts";

const parts = 1_000;

/** How many turns of the event loop others had while the gateway read a thousand parts, each of which is at hand. */
async function turnsDuring(url: string): Promise<number> {
  const app = fastify();
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    request.caller = { keyId: "key_1", name: "reader", scopes: ["admin"], channels: [] };
  });
  let reads = 0;
  const next = () => (++reads < parts ? reads : undefined);
  const store = {
    erasure: async () => undefined,
    contact: async (id: string) => ({ id, channelId: "channel-1", aliases: ["1"], blocked: false }),
    contactRecords: async () => ({ records: [], next: next()?.toString() }),
    checkAudit: async () => ({ next: next() }),
  };
  const server = { gateway: { store, clock: { now: () => 0 } } } as unknown as Server;
  contactRoutes(app, server);
  auditRoutes(app, server);
  let turns = 0;
  let isOver = false;
  const count = () => {
    if (reads > 0) turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const { statusCode } = await app.inject({ url });
  isOver = true;
  assert.deepEqual([statusCode, reads], [200, parts]);
  return turns;
}

test("others have a turn of the event loop between two parts of a long read", async () => {
  for (const url of ["/v1/contacts/con_1/export", "/v1/audit/check"])
    assert.ok((await turnsDuring(url)) >= parts - 1, url);
});

test("the stream of a key that is limited to channels reads their events alone", async () => {
  const caller: Caller = { keyId: "key_1", name: "reader", scopes: ["read"], channels: ["channel-1"] };
  const app = fastify();
  app.decorateRequest("caller");
  app.addHook("onRequest", async (request) => {
    request.caller = caller;
  });
  const asked: unknown[] = [];
  const store = {
    lastEventPosition: async () => 7,
    eventsAfter: async (...wish: unknown[]) => {
      asked.push(wish);
      return [];
    },
  };
  const raised = { listen: () => () => {} };
  const gateway = { store, eventsWritten: raised, keys: { caller: () => caller, changed: raised } };
  const sessions = { ended: raised };
  eventRoutes(app, { gateway: { ...gateway, sessions } } as unknown as Server);
  const url = await app.listen({ port: 0, host: "127.0.0.1" });
  const response = await fetch(`${url}/v1/events/stream`, { headers: { "last-event-id": "7" } });
  await eventually("a read", () => asked.length > 0 || undefined);
  await response.body?.cancel();
  await app.close();
  assert.deepEqual(asked, [[7, 100, ["channel-1"]]]);
});
