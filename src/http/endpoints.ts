import type { FastifyInstance, FastifyRequest } from "fastify";
import { timestamp, wallTimeOf } from "../core/clock.ts";
import type { PreflightResult } from "../gateway/delivering/preflight.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { newSigningSecret } from "../gateway/secret.ts";
import type { EndpointRow } from "../store/endpoint-rows.ts";
import { admitAgain } from "./authenticate.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { readEndpointChange, readNewEndpoint } from "./endpoint-checks.ts";
import { rotationSchema } from "./endpoint-schema.ts";
import { attemptOf, demandTest, preflightJson, tried } from "./endpoint-trial.ts";
import { found, idOf } from "./found.ts";
import type { Server } from "./server.ts";
import { readBody } from "./shape.ts";
import { ownChannels, seesEndpoint } from "./sight.ts";

const defaultOverlapSeconds = 86_400;

export function endpointRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, notifier } = server;
  const { store, clock } = gateway;

  app.get("/v1/endpoints", async ({ caller }) => {
    const shown = (await store.endpoints()).filter((endpoint) => seesEndpoint(caller, endpoint));
    return { data: shown.map((endpoint) => endpointJson(server, endpoint)), next_cursor: null };
  });

  app.get("/v1/endpoints/:id", async (request) => {
    const endpoint = await namedEndpoint(gateway, request);
    return { ...endpointJson(server, endpoint), pending: await store.pendingDeliveries(endpoint.id) };
  });

  app.post("/v1/endpoints", async (request, reply) => {
    const wish = readNewEndpoint(request, server);
    const endpoint: EndpointRow = {
      id: gateway.mint("ep"),
      url: new URL(wish.url).href,
      secret: newSigningSecret(),
      format: wish.format ?? "antiphon",
      events: wish.events ?? [],
      channels: ownChannels(request.caller, gateway, wish.channels ?? []),
      ordered: wish.ordered ?? false,
      ...limitsIn(wish),
      enabled: true,
      createdAt: clock.now(),
    };
    const preflight = await tried(notifier, endpoint, wish.require_ok);
    admitAgain(request, server);
    endpoint.channels = ownChannels(request.caller, gateway, wish.channels ?? []);
    await store.addEndpoint(endpoint);
    gateway.tenure.lookForWork();
    follow(server, endpoint, preflight);
    const made = endpointJson(server, endpoint);
    return reply.code(201).send({ ...made, secret: endpoint.secret, preflight: preflightJson(preflight) });
  });

  app.delete("/v1/endpoints/:id", async (request, reply) => {
    const { id } = await namedEndpoint(gateway, request);
    await store.removeEndpoint(id);
    // An attempt under way ends by itself and is recorded; nobody waits for it, and none begins after it.
    notifier.forget(id);
    return reply.code(204).send();
  });

  changeRoutes(app, server);
}

function changeRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, notifier } = server;
  const { store, clock } = gateway;

  app.patch("/v1/endpoints/:id", async (request) => {
    const before = await namedEndpoint(gateway, request);
    const wish = readEndpointChange(request, server, before);
    const { url, channels, events, ordered, enabled } = wish;
    const moved = url === undefined ? before : { ...before, url: new URL(url).href };
    // What begins anew is tried first: with another address, or switched on again.
    const isAnew = moved.url !== before.url || (enabled === true && !before.enabled);
    const preflight = isAnew ? await tried(notifier, moved, wish.require_ok) : undefined;
    admitAgain(request, server);
    await namedEndpoint(gateway, request);
    // The given fields alone: whoever changes another one at the same time loses nothing.
    await store.updateEndpoint(before.id, {
      ...limitsIn(wish),
      ...(events && { events }),
      ...(ordered !== undefined && { ordered }),
      ...(enabled !== undefined && { enabled }),
      ...(enabled && { disabled: undefined }),
      ...(url !== undefined && { url: moved.url }),
      ...(isAnew && { failing: undefined }),
      ...(channels && { channels: ownChannels(request.caller, gateway, channels) }),
    });
    const after = await namedEndpoint(gateway, request);
    follow(server, after, preflight);
    return { ...endpointJson(server, after), preflight: preflight && preflightJson(preflight) };
  });

  app.post("/v1/endpoints/:id/rotate", bodyMayBeEmpty, async (request) => {
    const { id } = await namedEndpoint(gateway, request);
    const { overlap_seconds: overlap = defaultOverlapSeconds } = readBody(rotationSchema, request.body);
    const formerUntil = overlap === 0 ? undefined : clock.steady() + overlap * 1000;
    const after = await store.rotateEndpoint(id, newSigningSecret(), formerUntil);
    notifier.follow(after);
    return { ...endpointJson(server, after), secret: after.secret };
  });

  app.post("/v1/endpoints/:id/test", bodyMayBeEmpty, async (request, reply) => {
    const { id } = await namedEndpoint(gateway, request);
    demandTest(notifier);
    const event = { type: "endpoint.test" as const, timestamp: timestamp(clock.now()) };
    const written = await store.addEvent(event, { endpointId: id });
    gateway.eventsWritten.raise();
    notifier.refresh(id);
    const { rows } = await store.deliveries({ endpointId: id, eventId: written.id, limit: 1 });
    return reply.code(202).send({ event: written, delivery: rows[0]?.id });
  });
}

/** What its test got is the newest that is known of it. */
function follow({ notifier, gateway }: Server, endpoint: EndpointRow, preflight?: PreflightResult): void {
  notifier.follow(endpoint);
  const attempt = preflight && attemptOf(preflight, gateway.clock.now());
  if (attempt) notifier.tested(endpoint.id, attempt);
}

/** The endpoint of a request's address, if it is there for the caller. */
export async function namedEndpoint(gateway: Gateway, request: FastifyRequest): Promise<EndpointRow> {
  const id = idOf(request);
  const endpoint = (await gateway.store.endpoints()).find((one) => one.id === id);
  return found(endpoint && seesEndpoint(request.caller, endpoint) ? endpoint : undefined, "endpoint");
}

/** The fields that null empties. */
function limitsIn(wish: { max_age_seconds?: number | null; max_per_second?: number | null }) {
  const { max_age_seconds: maxAge, max_per_second: maxRate } = wish;
  return {
    ...(maxAge !== undefined && { maxAgeSeconds: maxAge ?? undefined }),
    ...(maxRate !== undefined && { maxPerSecond: maxRate ?? undefined }),
  };
}

function endpointJson({ gateway: { clock }, notifier }: Server, row: EndpointRow) {
  const told = (atSteady: number) => timestamp(wallTimeOf(clock, atSteady));
  const { failing, disabled, previous } = row;
  const last = notifier.lastAttempt(row.id);
  return {
    id: row.id,
    url: row.url,
    format: row.format,
    events: row.events,
    channels: row.channels,
    ordered: row.ordered,
    max_age_seconds: row.maxAgeSeconds ?? null,
    max_per_second: row.maxPerSecond ?? null,
    enabled: row.enabled,
    last_attempt: last && {
      at: timestamp(last.at),
      latency_ms: last.latencyMs,
      category: last.category,
      http_status: last.httpStatus,
      error: last.error,
    },
    failing: failing && { since: told(failing.since), last_error: failing.lastError },
    disabled: disabled && { at: timestamp(disabled.at), reason: disabled.reason },
    former_secret_until: previous && told(previous.until),
    created_at: timestamp(row.createdAt),
  };
}
