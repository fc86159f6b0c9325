import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Caller } from "../core/caller.ts";
import { type Clock, timestamp, wallTimeOf } from "../core/clock.ts";
import type { DeliveryDetail, DeliveryState } from "../store/endpoint-rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import { pageJson, readOneOf, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";
import { seesEndpoint } from "./sight.ts";

const states: readonly DeliveryState[] = ["pending", "delivered", "dead", "replayed"];

export function deliveryRoutes(app: FastifyInstance, { gateway, notifier }: Server): void {
  app.get("/v1/deliveries", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "endpoint", "event", "state", "replay"]);
    const page = await gateway.store.deliveries({
      ...readPage(query),
      among: await among(request.caller),
      endpointId: query.endpoint,
      eventId: query.event,
      replayId: query.replay,
      state: readOneOf("state", query.state, states),
    });
    return pageJson(page, (row) => deliveryJson(gateway.clock, row));
  });

  app.get("/v1/deliveries/:id", async (request) => {
    return deliveryJson(gateway.clock, await named(request));
  });

  app.post("/v1/deliveries/:id/retry", bodyMayBeEmpty, async (request, reply) => {
    const { id } = await named(request);
    const delivery = found(await gateway.store.retryDelivery(id, gateway.clock.steady()), "delivery");
    notifier.refresh(delivery.endpointId);
    return reply.code(202).send(deliveryJson(gateway.clock, delivery));
  });

  async function named(request: FastifyRequest): Promise<DeliveryDetail> {
    return found(await gateway.store.delivery(idOf(request), await among(request.caller)), "delivery");
  }

  async function among(caller: Caller) {
    if (caller.channels.length === 0) return undefined;
    const endpoints = (await gateway.store.endpoints()).filter((endpoint) => seesEndpoint(caller, endpoint));
    return { endpointIds: endpoints.map(({ id }) => id), channelIds: caller.channels };
  }
}

function deliveryJson(clock: Clock, row: DeliveryDetail) {
  // What waits for its turn is due since it happened.
  const dueAt = row.isTimed ? wallTimeOf(clock, row.dueAt) : row.createdAt;
  return {
    id: row.id,
    endpoint: row.endpointId,
    event: row.eventId,
    event_type: row.eventType,
    state: row.state,
    reason: row.reason,
    tries: row.tries,
    due_at: row.state === "pending" ? timestamp(dueAt) : undefined,
    replay: row.replayId,
    created_at: timestamp(row.createdAt),
    attempts: row.attempts.map(({ at, latencyMs, category, httpStatus, error, answer }) => ({
      at: timestamp(at),
      latency_ms: latencyMs,
      category,
      http_status: httpStatus,
      error,
      answer,
    })),
  };
}
