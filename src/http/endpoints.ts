import { isIP } from "node:net";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { timestamp } from "../core/clock.ts";
import { eventTypes } from "../core/event.ts";
import { GatewayError } from "../core/problem.ts";
import { isAllowedAddress } from "../gateway/guard.ts";
import { newSigningSecret } from "../gateway/secret.ts";
import type { EndpointRow } from "../store/rows.ts";
import type { Server } from "./server.ts";
import { readBody } from "./shape.ts";

const eventList = z
  .array(z.enum(eventTypes))
  .max(eventTypes.length)
  .describe("Event types to send; none: all.");
const channelList = z.array(z.string()).max(1000).describe("Channels, by id or natural id; none: all.");
const url = z
  .string()
  .max(2000)
  .describe("Where events are posted: https, or http where private endpoints are allowed.");
export const newEndpointSchema = z.strictObject({
  url,
  events: eventList.optional(),
  channels: channelList.optional(),
});
export const endpointChangeSchema = z.strictObject({
  url: url.optional(),
  events: eventList.optional(),
  channels: channelList.optional(),
  enabled: z.boolean().optional(),
});

export function endpointRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, notifier } = server;

  app.get("/v1/endpoints", async () => ({
    data: (await gateway.store.endpoints()).map(endpointJson),
    next_cursor: null,
  }));

  app.get("/v1/endpoints/:id", async (request) => endpointJson(await named(request.params)));

  app.post("/v1/endpoints", async (request, reply) => {
    const wish = readBody(newEndpointSchema, request.body);
    const endpoint: EndpointRow = {
      id: gateway.mint("ep"),
      url: allowedUrl(wish.url, server.settings.allowPrivateEndpoints),
      secret: newSigningSecret(),
      events: wish.events ?? [],
      channels: channelIds(wish.channels ?? []),
      enabled: true,
      createdAt: gateway.clock.now(),
    };
    await gateway.store.addEndpoint(endpoint);
    notifier.follow(endpoint);
    return reply.code(201).send({ ...endpointJson(endpoint), secret: endpoint.secret });
  });

  app.patch("/v1/endpoints/:id", async (request) => {
    const change = readBody(endpointChangeSchema, request.body);
    const before = await named(request.params);
    const after: EndpointRow = {
      ...before,
      ...change,
      url:
        change.url === undefined ? before.url : allowedUrl(change.url, server.settings.allowPrivateEndpoints),
      channels: change.channels === undefined ? before.channels : channelIds(change.channels),
    };
    const { url: toUrl, events, channels, enabled } = after;
    await gateway.store.updateEndpoint(after.id, { url: toUrl, events, channels, enabled });
    notifier.follow(after);
    return endpointJson(after);
  });

  app.delete("/v1/endpoints/:id", async (request, reply) => {
    const { id } = await named(request.params);
    await notifier.forget(id);
    await gateway.store.removeEndpoint(id);
    return reply.code(204).send();
  });

  app.post("/v1/endpoints/:id/test", async (request, reply) => {
    const { id } = await named(request.params);
    const event = { type: "endpoint.test" as const, timestamp: timestamp(gateway.clock.now()) };
    const written = await gateway.store.addEvent(event, { endpointId: id });
    gateway.eventsWritten.raise();
    const { rows } = await gateway.store.deliveries({ endpointId: id, eventId: written.id, limit: 1 });
    return reply.code(202).send({ event: written, delivery: rows[0]?.id });
  });

  async function named(params: unknown): Promise<EndpointRow> {
    const { id } = params as { id: string };
    const found = (await gateway.store.endpoints()).find((endpoint) => endpoint.id === id);
    if (!found) throw new GatewayError("not_found", "There is no endpoint with this id.");
    return found;
  }

  function channelIds(names: string[]): string[] {
    return names.map((name) => gateway.channels.from(name).id);
  }
}

function endpointJson({ id, url: to, events, channels, enabled, createdAt }: EndpointRow) {
  return { id, url: to, events, channels, enabled, created_at: timestamp(createdAt) };
}

/** Refuses early what can be told from the URL alone; names are checked again at every connection. */
function allowedUrl(text: string, allowPrivate: boolean): string {
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  const refusal = parsed
    ? refusalOf(parsed, allowPrivate)
    : "is not a URL; write it whole, as https://example.com/hook";
  if (!refusal && parsed) return parsed.href;
  const message = `The url ${refusal}.`;
  throw new GatewayError("endpoint_not_allowed", message, {
    errors: [{ pointer: "/url", rule: "url", message }],
  });
}

function refusalOf(parsed: URL, allowPrivate: boolean): string | undefined {
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  if (parsed.protocol !== "https:" && !(allowPrivate && parsed.protocol === "http:")) {
    return "must begin with https://";
  }
  if (parsed.username || parsed.password) return "must not hold a user name or password";
  if (isIP(host) && !isAllowedAddress(host, allowPrivate))
    return `names ${host}, where webhooks may not be sent`;
  return undefined;
}
