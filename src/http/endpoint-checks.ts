import { isIP } from "node:net";
import type { FastifyRequest } from "fastify";
import { z } from "zod";
import { type FieldProblem, GatewayError } from "../core/problem.ts";
import { isAllowedAddress } from "../gateway/guard.ts";
import type { EndpointRow } from "../store/endpoint-rows.ts";
import { endpointChangeSchema, maxChannels, newEndpointSchema, urlSchema } from "./endpoint-schema.ts";
import type { Server } from "./server.ts";
import { invalidBody, readBody, rule } from "./shape.ts";
import { channelRule } from "./sight.ts";

/** Reads what an endpoint is to be. Every mistake comes back at once, those that only a running gateway knows too. */
export function readNewEndpoint(request: FastifyRequest, server: Server) {
  const { url, channels } = checksOf(request, server);
  const schema = newEndpointSchema.extend({ url, channels: channels.optional() });
  const wish = readBody(schema, request.body, refusal);
  demandNoTypes(wish.format ?? "antiphon", wish.events);
  return wish;
}

/** The same of what is to change. */
export function readEndpointChange(request: FastifyRequest, server: Server, { format }: EndpointRow) {
  const { url, channels } = checksOf(request, server);
  const schema = endpointChangeSchema.extend({ url: url.optional(), channels: channels.optional() });
  const wish = readBody(schema, request.body, refusal);
  demandNoTypes(format, wish.events);
  return wish;
}

/** What only a running gateway can tell of an endpoint: where webhooks may go, and which channels there are for the caller. */
function checksOf({ caller }: FastifyRequest, { gateway, settings }: Server) {
  const isAllowed = rule("url", (text: string) => {
    const refused = refusalOf(text, settings.allowPrivateEndpoints);
    return refused && `The url ${refused}.`;
  });
  return {
    url: urlSchema.superRefine(isAllowed),
    channels: z.array(z.string().superRefine(channelRule(caller, gateway))).max(maxChannels),
  };
}

function demandNoTypes(format: EndpointRow["format"], events: readonly string[] = []): void {
  if (format !== "raw" || events.length === 0) return;
  const message = "What platforms post has none of our event types: leave events out.";
  throw invalidBody([{ pointer: "/events", rule: "not_with_raw", message }]);
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
