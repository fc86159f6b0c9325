import { Readable } from "node:stream";
import { setImmediate as othersTurn } from "node:timers/promises";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { timestamp } from "../core/clock.ts";
import { GatewayError } from "../core/problem.ts";
import type { ErasureRow } from "../store/erasing.ts";
import type { ContactRow } from "../store/rows.ts";
import { found, idOf } from "./found.ts";
import { pageJson, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";
import { listedChannels, ofCaller } from "./sight.ts";

export function contactRoutes(app: FastifyInstance, { gateway, keeper }: Server): void {
  const { store, clock } = gateway;

  app.get("/v1/contacts", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "channel"]);
    const wish = { ...readPage(query), channelIds: listedChannels(request.caller, gateway, query.channel) };
    return pageJson(await store.contacts(wish), contactJson);
  });

  app.get("/v1/contacts/:id", async (request) => {
    const known = await named(request);
    if ("askedAt" in known) return erasureJson(known);
    return { ...contactJson(known), conversations: await store.conversationsOf(known.id) };
  });

  app.get("/v1/contacts/:id/export", async (request, reply) => {
    const known = await named(request);
    if ("askedAt" in known) throw new GatewayError("not_found", "The contact was erased: nothing is stored.");
    return reply
      .type("application/x-ndjson; charset=utf-8")
      .header("content-disposition", `attachment; filename="${known.id}.ndjson"`)
      .send(Readable.from(lines(known.id), { objectMode: false }));
  });

  app.delete("/v1/contacts/:id", async (request, reply) => {
    await named(request);
    const erasure = await store.beginErasure(idOf(request), clock.now());
    if (erasure.erasedAt === undefined) keeper.wake();
    return reply.code(erasure.erasedAt === undefined ? 202 : 200).send(erasureJson(erasure));
  });

  /** Of another's channel there is none. */
  async function named(request: FastifyRequest): Promise<ContactRow | ErasureRow> {
    const id = idOf(request);
    const known = (await store.erasure(id)) ?? (await store.contact(id));
    return found(ofCaller(request.caller, known), "contact");
  }

  async function* lines(contactId: string): AsyncGenerator<string> {
    let after: string | undefined;
    do {
      const some = await store.contactRecords(contactId, after);
      if (some.records.length > 0) yield some.records.map((record) => `${JSON.stringify(record)}\n`).join("");
      after = some.next;
      // A part is read at once, and there may be thousands in which nothing is found.
      if (after !== undefined) await othersTurn();
    } while (after !== undefined);
  }
}

function contactJson(contact: ContactRow) {
  return {
    id: contact.id,
    channel: contact.channelId,
    name: contact.name,
    username: contact.username,
    language: contact.language,
    addresses: contact.aliases,
    blocked: contact.blocked,
  };
}

function erasureJson({ contactId, channelId, askedAt, erasedAt, messages }: ErasureRow) {
  return {
    id: contactId,
    channel: channelId,
    erasure: {
      state: erasedAt === undefined ? "under_way" : "done",
      asked_at: timestamp(askedAt),
      erased_at: erasedAt === undefined ? undefined : timestamp(erasedAt),
      messages,
    },
  };
}
