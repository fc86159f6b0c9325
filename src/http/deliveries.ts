import type { FastifyInstance } from "fastify";
import { timestamp } from "../core/clock.ts";
import type { DeliveryRow, DeliveryState } from "../store/rows.ts";
import { bodyMayBeEmpty } from "./body.ts";
import { found, idOf } from "./found.ts";
import { pageJson, readOneOf, readPage, readQuery } from "./query.ts";
import type { Server } from "./server.ts";

const states: readonly DeliveryState[] = ["pending", "delivered", "dead"];

export function deliveryRoutes(app: FastifyInstance, { gateway, notifier }: Server): void {
  app.get("/v1/deliveries", async (request) => {
    const query = readQuery(request.query, ["cursor", "limit", "endpoint", "event", "state"]);
    const page = await gateway.store.deliveries({
      ...readPage(query),
      endpointId: query.endpoint,
      eventId: query.event,
      state: readOneOf("state", query.state, states),
    });
    return pageJson(page, deliveryJson);
  });

  app.get("/v1/deliveries/:id", async (request) => {
    return deliveryJson(found(await gateway.store.delivery(idOf(request)), "delivery"));
  });

  app.post("/v1/deliveries/:id/retry", bodyMayBeEmpty, async (request, reply) => {
    const delivery = found(await gateway.store.retryDelivery(idOf(request), gateway.clock.now()), "delivery");
    notifier.wakeAll();
    return reply.code(202).send(deliveryJson(delivery));
  });
}

function deliveryJson(row: DeliveryRow) {
  return {
    id: row.id,
    endpoint: row.endpointId,
    event: row.eventId,
    event_type: row.eventType,
    state: row.state,
    tries: row.tries,
    due_at: row.state === "pending" ? timestamp(row.dueAt) : undefined,
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
