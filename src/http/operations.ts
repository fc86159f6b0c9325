import { eventTypes } from "../core/event.ts";
import { previewRequestSchema, sendRequestSchema } from "../core/schema.ts";
import { connectionOperations } from "./connection-operations.ts";
import { endpointChangeSchema, newEndpointSchema } from "./endpoints.ts";
import { resolutionSchema } from "./messages.ts";
import { type Operation, ok, page } from "./operation.ts";

/** Every route that a customer calls, in the order of the docs page. */
export const operations: readonly Operation[] = [
  {
    method: "post",
    path: "/v1/messages",
    tag: "Messages",
    summary: "Send a message.",
    body: sendRequestSchema,
    answer: ok("Accepted, and on disk: {id, status, channel, platform, to, adaptation, warnings}.", 202),
  },
  {
    method: "post",
    path: "/v1/messages/preview",
    tag: "Messages",
    summary: "See what sending would do: the ledger and the platform's own calls. Nothing is sent.",
    body: previewRequestSchema,
    answer: ok("{adaptation, calls, warnings}; with `platforms`, one such object for each in `data`."),
  },
  {
    method: "get",
    path: "/v1/messages",
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
    tag: "Messages",
    summary: "One message with its calls, their attempts and its history.",
    answer: ok("The message."),
  },
  {
    method: "post",
    path: "/v1/messages/{id}/resolve",
    tag: "Messages",
    summary: "Say what became of an unknown message, or send it again.",
    body: resolutionSchema,
    answer: ok("The message."),
  },
  {
    method: "post",
    path: "/v1/messages/{id}/cancel",
    tag: "Messages",
    summary: "Take back a message of which nothing has left.",
    answer: ok("The message."),
  },
  {
    method: "get",
    path: "/v1/capabilities",
    tag: "Capabilities",
    summary: "What each platform can show, its limits, its pace and its credentials' fields.",
    answer: ok("{data}"),
  },
  ...connectionOperations,
  {
    method: "get",
    path: "/v1/endpoints",
    tag: "Endpoints",
    summary: "List endpoints.",
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "post",
    path: "/v1/endpoints",
    tag: "Endpoints",
    summary: "Have events posted to a URL, signed as Standard Webhooks.",
    body: newEndpointSchema,
    answer: ok("The endpoint with its secret, which is shown this once.", 201),
  },
  {
    method: "get",
    path: "/v1/endpoints/{id}",
    tag: "Endpoints",
    summary: "One endpoint.",
    answer: ok("The endpoint."),
  },
  {
    method: "patch",
    path: "/v1/endpoints/{id}",
    tag: "Endpoints",
    summary: "Change an endpoint, or switch it off and on.",
    body: endpointChangeSchema,
    answer: ok("The endpoint."),
  },
  {
    method: "delete",
    path: "/v1/endpoints/{id}",
    tag: "Endpoints",
    summary: "Remove an endpoint.",
    answer: ok("Gone.", 204),
  },
  {
    method: "post",
    path: "/v1/endpoints/{id}/test",
    tag: "Endpoints",
    summary: "Send an endpoint.test event to this endpoint.",
    answer: ok("{event, delivery}", 202),
  },
  {
    method: "get",
    path: "/v1/events",
    tag: "Events",
    summary: "List events.",
    query: {
      ...page,
      type: `comma-separated of ${eventTypes.join(", ")}`,
      channel: "id or natural id",
      conversation: "id",
    },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/events/stream",
    tag: "Events",
    summary: "Events as they happen, as server-sent events. Last-Event-ID goes on where a stream broke off.",
    query: { recent: "begin with so many past events" },
    answer: ok("text/event-stream"),
  },
  { method: "get", path: "/v1/events/{id}", tag: "Events", summary: "One event.", answer: ok("The event.") },
  {
    method: "get",
    path: "/v1/conversations",
    tag: "Conversations",
    summary: "List conversations, with contact and window.",
    query: { ...page, channel: "id or natural id" },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/conversations/{id}",
    tag: "Conversations",
    summary: "One conversation.",
    answer: ok("The conversation."),
  },
  {
    method: "get",
    path: "/v1/deliveries",
    tag: "Deliveries",
    summary: "List deliveries with their attempts.",
    query: { ...page, endpoint: "id", event: "id", state: "pending, delivered or dead" },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/deliveries/{id}",
    tag: "Deliveries",
    summary: "One delivery.",
    answer: ok("The delivery."),
  },
  {
    method: "post",
    path: "/v1/deliveries/{id}/retry",
    tag: "Deliveries",
    summary: "Try a delivery again now.",
    answer: ok("The delivery.", 202),
  },
  {
    method: "get",
    path: "/v1/media/{id}",
    tag: "Media",
    summary: "The bytes of a file that a contact sent.",
    answer: ok("The file."),
  },
  {
    method: "post",
    path: "/{version}/{phone_number_id}/messages",
    tag: "Cloud API drop-in",
    summary: "WhatsApp's own request and answer, errors included.",
    answer: ok("{messaging_product, contacts, messages:[{id}]}"),
  },
  {
    method: "get",
    path: "/healthz",
    tag: "Health",
    summary: "The start is done, or 503.",
    key: false,
    answer: ok('{status:"ok"}'),
  },
  {
    method: "get",
    path: "/readyz",
    tag: "Health",
    summary: "Ready for work, or 503 with the reasons.",
    key: false,
    answer: ok('{status:"ready"}'),
  },
  {
    method: "get",
    path: "/metrics",
    tag: "Health",
    summary: "Prometheus metrics; the key is needed from another machine and through a proxy.",
    key: false,
    answer: ok("text/plain"),
  },
  {
    method: "get",
    path: "/problems/{code}",
    tag: "Health",
    summary: "What an error's `type` leads to.",
    key: false,
    answer: ok("{code, status, title}"),
  },
];

/** The methods that an address takes, in capitals; none: there is no such address. */
export function methodsAt(path: string): string[] {
  const exact = operations.filter((one) => one.path === path);
  const fitting = exact.length > 0 ? exact : operations.filter((one) => fits(one.path, path));
  return fitting.map((one) => one.method.toUpperCase());
}

function fits(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const steps = path.split("/");
  if (wanted.length !== steps.length) return false;
  return wanted.every((step, at) => {
    if (step === "{version}") return /^v\d+\.\d+$/.test(steps[at]!);
    return step.startsWith("{") || step === steps[at];
  });
}
