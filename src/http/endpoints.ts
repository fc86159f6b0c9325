import { isIP } from "node:net";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import { eventTypes } from "../core/event.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";
import { isAllowedAddress } from "../gateway/guard.ts";
import { newSigningSecret } from "../gateway/secret.ts";
import type { EndpointRow } from "../store/endpoint-rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { invalidBody, readBody, rule } from "./shape.ts";
import { channelRule, ownChannels, seesEndpoint } from "./sight.ts";

const eventList = z
  .array(z.enum(eventTypes))
  .max(eventTypes.length)
  .describe("Event types to send; none: all.");
const maxChannels = 1000;
const channelList = z
  .array(z.string())
  .max(maxChannels)
  .describe("Channels, by id or natural id; none: all that the key may see.");
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

  app.get("/v1/endpoints", async ({ caller }) => {
    const shown = (await gateway.store.endpoints()).filter((endpoint) => seesEndpoint(caller, endpoint));
    return { data: shown.map(endpointJson), next_cursor: null };
  });

  app.get("/v1/endpoints/:id", async (request) => endpointJson(await named(request)));

  app.post("/v1/endpoints", async (request, reply) => {
    const { url, channels } = checksOf(request.caller, server);
    const schema = newEndpointSchema.extend({ url, channels: channels.optional() });
    const wish = readBody(schema, request.body, refusal);
    const endpoint: EndpointRow = {
      id: gateway.mint("ep"),
      url: new URL(wish.url).href,
      secret: newSigningSecret(),
      events: wish.events ?? [],
      channels: ownChannels(request.caller, gateway, wish.channels ?? []),
      format: "antiphon",
      ordered: false,
      enabled: true,
      createdAt: gateway.clock.now(),
    };
    await gateway.store.addEndpoint(endpoint);
    notifier.follow(endpoint);
    return reply.code(201).send({ ...endpointJson(endpoint), secret: endpoint.secret });
  });

  app.patch("/v1/endpoints/:id", async (request) => {
    const { id } = await named(request);
    const checks = checksOf(request.caller, server);
    const schema = endpointChangeSchema.extend({
      url: checks.url.optional(),
      channels: checks.channels.optional(),
    });
    const { url, channels, ...rest } = readBody(schema, request.body, refusal);
    // The given fields alone: whoever changes another one at the same time loses nothing.
    await gateway.store.updateEndpoint(id, {
      ...rest,
      ...(rest.enabled && { disabled: undefined, failing: undefined }),
      ...(url === undefined ? {} : { url: new URL(url).href, failing: undefined }),
      ...(channels === undefined ? {} : { channels: ownChannels(request.caller, gateway, channels) }),
    });
    const after = await named(request);
    notifier.follow(after);
    return endpointJson(after);
  });

  app.delete("/v1/endpoints/:id", async (request, reply) => {
    const { id } = await named(request);
    await gateway.store.removeEndpoint(id);
    // An attempt under way ends by itself and is recorded; nobody waits for it, and none begins after it.
    notifier.forget(id);
    return reply.code(204).send();
  });

  app.post("/v1/endpoints/:id/test", bodyMayBeEmpty, async (request, reply) => {
    const { id } = await named(request);
    const event = { type: "endpoint.test" as const, timestamp: timestamp(gateway.clock.now()) };
    const written = await gateway.store.addEvent(event, { endpointId: id });
    gateway.eventsWritten.raise();
    const { rows } = await gateway.store.deliveries({ endpointId: id, eventId: written.id, limit: 1 });
    return reply.code(202).send({ event: written, delivery: rows[0]?.id });
  });

  async function named(request: FastifyRequest): Promise<EndpointRow> {
    const id = idOf(request);
    const endpoint = (await gateway.store.endpoints()).find((one) => one.id === id);
    return found(endpoint && seesEndpoint(request.caller, endpoint) ? endpoint : undefined, "endpoint");
  }
}

function endpointJson({ id, url: to, events, channels, enabled, createdAt }: EndpointRow) {
  return { id, url: to, events, channels, enabled, created_at: timestamp(createdAt) };
}

/** What only a running gateway can tell of an endpoint: where webhooks may go, and which channels there are for the caller. */
function checksOf(caller: Caller, { gateway, settings }: Server) {
  const isAllowed = rule("url", (text: string) => {
    const refused = refusalOf(text, settings.allowPrivateEndpoints);
    return refused && `The url ${refused}.`;
  });
  return {
    url: url.superRefine(isAllowed),
    channels: z.array(z.string().superRefine(channelRule(caller, gateway))).max(maxChannels),
  };
}

function refusal(errors: FieldProblem[]): GatewayError {
  if (!errors.every((error) => error.rule === "url")) return invalidBody(errors);
  return new GatewayError("endpoint_not_allowed", errors[0]!.message, { errors });
}

/** Refuses early what can be told from the URL alone; names are checked again at every connection. */
function refusalOf(text: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(text)) return "is not a URL; write it whole, as https://example.com/hook";
  const parsed = new URL(text);
  const host = parsed.hostname.replace(/^\[|\]$/g, "");
  if (parsed.protocol !== "https:" && !(allowPrivate && parsed.protocol === "http:")) {
    return "must begin with https://";
  }
  if (parsed.username || parsed.password) return "must not hold a user name or password";
  if (isIP(host) && !isAllowedAddress(host, allowPrivate))
    return `names ${host}, where webhooks may not be sent`;
  return undefined;
}
