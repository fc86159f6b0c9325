import type { FastifyInstance } from "fastify";
import { timestamp } from "../core/clock.ts";
import { GatewayError } from "../core/problem.ts";
import type { DeliveryRow, DeliveryState } from "../store/rows.ts";
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
    const delivery = await gateway.store.delivery((request.params as { id: string }).id);
    return deliveryJson(existing(delivery));
  });

  app.post("/v1/deliveries/:id/retry", async (request, reply) => {
    const { id } = request.params as { id: string };
    const delivery = existing(await gateway.store.retryDelivery(id, gateway.clock.now()));
    notifier.wakeAll();
    return reply.code(202).send(deliveryJson(delivery));
  });
}

function existing(delivery: DeliveryRow | undefined): DeliveryRow {
  if (!delivery) throw new GatewayError("not_found", "There is no delivery with this id.");
  return delivery;
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
