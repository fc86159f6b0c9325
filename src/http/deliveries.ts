import type { FastifyInstance } from "fastify";
import { type Clock, timestamp, wallTimeOf } from "../core/clock.ts";
import type { DeliveryRow, DeliveryState } from "../store/rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import { pageJson, readOneOf, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";

const states: readonly DeliveryState[] = ["pending", "delivered", "dead"];

export function deliveryRoutes(app: FastifyInstance, { gateway, notifier }: Server): void {
  const { clock } = gateway;
  app.get("/v1/deliveries", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "endpoint", "event", "state"]);
    const page = await gateway.store.deliveries({
      ...readPage(query),
      endpointId: query.endpoint,
      eventId: query.event,
      state: readOneOf("state", query.state, states),
    });
    return pageJson(page, (delivery) => deliveryJson(clock, delivery));
  });

  app.get("/v1/deliveries/:id", async (request) => {
    return deliveryJson(clock, found(await gateway.store.delivery(idOf(request)), "delivery"));
  });

  app.post("/v1/deliveries/:id/retry", bodyMayBeEmpty, async (request, reply) => {
    const delivery = found(await gateway.store.retryDelivery(idOf(request), clock.steady()), "delivery");
    notifier.wakeAll();
    return reply.code(202).send(deliveryJson(clock, delivery));
  });
}

function deliveryJson(clock: Clock, row: DeliveryRow) {
  const dueAt = row.dueAt === 0 ? row.createdAt : wallTimeOf(clock, row.dueAt);
  return {
    id: row.id,
    endpoint: row.endpointId,
    event: row.eventId,
    event_type: row.eventType,
    state: row.state,
    tries: row.tries,
    due_at: row.state === "pending" ? timestamp(dueAt) : undefined,
    created_at: timestamp(row.createdAt),
    attempts: row.attempts.map(({ at, latencyMs, httpStatus, error, answer }) => ({
      at: timestamp(at),
      latency_ms: latencyMs,
      http_status: httpStatus,
      error,
      answer,
    })),
  };
}
