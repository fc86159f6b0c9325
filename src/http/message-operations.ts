import { previewRequestSchema, sendRequestSchema } from "../core/schema.ts";
import { resolutionSchema } from "./messages.ts";
import { type Operation, ok, page } from "./operation.ts";

/** The routes by which messages are sent and followed. */
export const messageOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/messages",
    scope: "send",
    reach: "named",
    tag: "Messages",
    summary: "Send a message.",
    body: sendRequestSchema,
    answer: ok("Accepted, and on disk: {id, status, channel, platform, to, adaptation, warnings}.", 202),
  },
  {
    method: "post",
    path: "/v1/messages/preview",
    scope: "send",
    reach: "named",
    tag: "Messages",
    summary: "See what sending would do: the ledger and the platform's own calls. Nothing is sent.",
    body: previewRequestSchema,
    answer: ok("{adaptation, calls, warnings}; with `platforms`, one such object for each in `data`."),
  },
  {
    method: "get",
    path: "/v1/messages",
    scope: "read",
    reach: "listed",
    tag: "Messages",
    summary: "List messages, newest first.",
    query: {
      ...page,
      channel: "id or natural id",
      conversation: "id",
      status: "one status",
      direction: "in or out",
    },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/messages/{id}",
    scope: "read",
    reach: "named",
    tag: "Messages",
    summary: "One message with its calls, their attempts and its history.",
    answer: ok("The message."),
  },
  {
    method: "post",
    path: "/v1/messages/{id}/resolve",
    scope: "send",
    reach: "named",
    tag: "Messages",
    summary: "Say what became of an unknown message, or send it again.",
    body: resolutionSchema,
    answer: ok("The message."),
  },
  {
    method: "post",
    path: "/v1/messages/{id}/cancel",
    scope: "send",
    reach: "named",
    tag: "Messages",
    summary: "Take back a message of which nothing has left.",
    answer: ok("The message."),
  },
];
