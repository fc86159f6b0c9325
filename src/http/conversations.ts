import type { FastifyInstance } from "fastify";
import { timestamp } from "../core/clock.ts";
import { windowState } from "../core/event.ts";
import { kindOf } from "../core/message.ts";
import type { PageRequest } from "../store/paging.ts";
import type { ListedConversation } from "../store/reading.ts";
import type { MessageRow } from "../store/rows.ts";
import { filledPage, maxPartsOfTexts } from "./filled-page.ts";
import { found, idOf } from "./found.ts";
import { pageJson, readOneOf, readPage, readQuery, readText } from "./query.ts";
import type { Server } from "./server.ts";
import { listedChannels, ofCaller } from "./sight.ts";

export function conversationRoutes(app: FastifyInstance, { gateway }: Server): void {
  app.get("/v1/conversations", async (request, reply) => {
    const query = readQuery(request.query, ["cursor", "limit", "channel", "order", "text"]);
    const wish = {
      ...readPage(query),
      channelIds: listedChannels(request.caller, gateway, query.channel),
      order: readOneOf("order", query.order, ["created", "activity"]),
      text: readText("text", query.text),
    };
    const page = await filledPage(wish, {
      read: (part: PageRequest) => gateway.store.conversations({ ...wish, ...part }),
      most: maxPartsOfTexts,
      isGone: () => reply.raw.destroyed,
    });
    return pageJson(page, present);
  });

  app.get("/v1/conversations/:id", async (request) => {
    const row = await gateway.store.conversation(idOf(request));
    return present(found(ofCaller(request.caller, row), "conversation"));
  });

  function present(row: ListedConversation) {
    const { windowSeconds } = gateway.platforms[row.platform].capabilities;
    const windowMs = windowSeconds === null ? null : windowSeconds * 1000;
    return {
      id: row.id,
      channel: row.channelId,
      platform: row.platform,
      chat: row.chat,
      contact: row.contact && {
        id: row.contact.id,
        name: row.contact.name,
        username: row.contact.username,
        addresses: row.contact.aliases,
        blocked: row.contact.blocked,
      },
      lane: row.blockedBy === undefined ? { state: "open" } : { state: "blocked", by: row.blockedBy },
      window: windowState(row.lastInboundAt, windowMs, gateway.clock.now()),
      last_inbound_at: row.lastInboundAt === undefined ? undefined : timestamp(row.lastInboundAt),
      last_message: row.lastMessage && lastJson(row.lastMessage),
      created_at: timestamp(row.createdAt),
    };
  }
}

function lastJson({ id, direction, status, content, createdAt }: MessageRow) {
  return { id, direction, status, type: kindOf(content), content, created_at: timestamp(createdAt) };
}
