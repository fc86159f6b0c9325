import { eventTypes } from "../core/event.ts";
import { endpointChangeSchema, newEndpointSchema } from "./endpoints.ts";
import { type Operation, ok, page } from "./operation.ts";

/** Where events go. */
export const endpointOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/endpoints",
    scope: "manage",
    reach: "listed",
    tag: "Endpoints",
    summary: "List endpoints.",
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "post",
    path: "/v1/endpoints",
    scope: "manage",
    reach: "named",
    tag: "Endpoints",
    summary: "Have events posted to a URL, signed as Standard Webhooks.",
    body: newEndpointSchema,
    answer: ok("The endpoint with its secret, which is shown this once.", 201),
  },
  {
    method: "get",
    path: "/v1/endpoints/{id}",
    scope: "manage",
    reach: "named",
    tag: "Endpoints",
    summary: "One endpoint.",
    answer: ok("The endpoint."),
  },
  {
    method: "patch",
    path: "/v1/endpoints/{id}",
    scope: "manage",
    reach: "named",
    tag: "Endpoints",
    summary: "Change an endpoint, or switch it off and on.",
    body: endpointChangeSchema,
    answer: ok("The endpoint."),
  },
  {
    method: "delete",
    path: "/v1/endpoints/{id}",
    scope: "manage",
    reach: "named",
    tag: "Endpoints",
    summary: "Remove an endpoint.",
    answer: ok("Gone.", 204),
  },
  {
    method: "post",
    path: "/v1/endpoints/{id}/test",
    scope: "manage",
    reach: "named",
    tag: "Endpoints",
    summary: "Send an endpoint.test event to this endpoint.",
    answer: ok("{event, delivery}", 202),
  },
];

/** What happened. */
export const eventOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/events",
    scope: "read",
    reach: "listed",
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
    scope: "read",
    reach: "listed",
    tag: "Events",
    summary: "Events as they happen, as server-sent events. Last-Event-ID goes on where a stream broke off.",
    query: { recent: "begin with so many past events" },
    answer: ok("text/event-stream"),
  },
  {
    method: "get",
    path: "/v1/events/{id}",
    scope: "read",
    reach: "named",
    tag: "Events",
    summary: "One event.",
    answer: ok("The event."),
  },
];

/** What was told of it. */
export const deliveryOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v1/deliveries",
    scope: "read",
    reach: "listed",
    tag: "Deliveries",
    summary: "List deliveries with their attempts.",
    query: {
      ...page,
      endpoint: "id",
      event: "id",
      state: "pending, delivered, dead or replayed",
      replay: "id",
    },
    answer: ok("{data, next_cursor}"),
  },
  {
    method: "get",
    path: "/v1/deliveries/{id}",
    scope: "read",
    reach: "named",
    tag: "Deliveries",
    summary: "One delivery.",
    answer: ok("The delivery."),
  },
  {
    method: "post",
    path: "/v1/deliveries/{id}/retry",
    scope: "manage",
    reach: "named",
    tag: "Deliveries",
    summary: "Try a delivery again now.",
    answer: ok("The delivery.", 202),
  },
];
