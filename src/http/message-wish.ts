import type { FastifyRequest } from "fastify";
import type { Gateway } from "../gateway/gateway.ts";
import type { MessageFilter } from "../store/reading.ts";
import type { MessageRow } from "../store/rows.ts";
import { invalidQuery, readName, readOneOf, readPage, readQuery, readText, readTime } from "./query.ts";
import { listedChannels } from "./sight.ts";

const directions: readonly MessageRow["direction"][] = ["in", "out"];
const statuses: readonly MessageRow["status"][] = [
  "accepted",
  "sending",
  "sent",
  "delivered",
  "read",
  "failed",
  "unknown",
  "expired",
  "cancelled",
  "received",
  "edited",
  "deleted",
];
const parameters = [
  "cursor",
  "limit",
  "channel",
  "conversation",
  "contact",
  "status",
  "direction",
  "type",
  "text",
  "since",
  "until",
  "include",
] as const;

/** The messages that a query asks for, as far as the caller may see them. */
export function messageWish({ query: asked, caller }: FastifyRequest, gateway: Gateway): MessageFilter {
  const query = readQuery(asked, parameters);
  const since = readTime("since", query.since);
  const until = readTime("until", query.until);
  if (since !== undefined && until !== undefined && until <= since)
    throw invalidQuery("until", "after", "until is not after since: no time lies between them.");
  return {
    ...readPage(query),
    channelIds: listedChannels(caller, gateway, query.channel),
    conversationId: query.conversation,
    contact: query.contact,
    status: readOneOf("status", query.status, statuses),
    direction: readOneOf("direction", query.direction, directions),
    kind: readName("type", query.type),
    text: readText("text", query.text),
    since,
    until,
  };
}
