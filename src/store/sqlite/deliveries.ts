import type { EventType } from "../../core/event.ts";
import { GatewayError } from "../../core/problem.ts";
import type { DeliveryFilter, DueDeliveries } from "../notifying.ts";
import type { DeliveryAttempt, DeliveryRow, DeliveryState } from "../rows.ts";
import type { Store } from "../store.ts";
import { conditions, keyBelow, pageOf } from "./columns.ts";
import type { Db } from "./connection.ts";
import { endpointExists } from "./endpoints.ts";

type DeliveriesPart = Pick<
  Store,
  "dueDeliveries" | "nextDeliveryAt" | "recordAttempt" | "retryDelivery" | "deliveries" | "delivery"
>;

interface StoredDelivery {
  seq: number;
  id: string;
  endpoint_id: string;
  event_id: string;
  event_position: number;
  event_type: EventType;
  conversation_id: string | null;
  state: DeliveryState;
  tries: number;
  due_at: number;
  created_at: number;
}

type Candidate = Pick<StoredDelivery, "seq" | "id" | "event_position" | "conversation_id" | "tries">;

interface StoredAttempt {
  at: number;
  latency_ms: number;
  http_status: number | null;
  error: string | null;
  answer: string | null;
}

export function deliveriesPart(db: Db): DeliveriesPart {
  return {
    dueDeliveries: async (wish) => due(db, wish).map((row) => deliveryRow(db, row)),
    nextDeliveryAt: async (endpointId, after) => {
      const sql = `SELECT min(due_at) AS at FROM deliveries
        WHERE endpoint_id = ? AND state = 'pending' AND due_at > ?`;
      return db.one<{ at: number | null }>(sql, endpointId, after)?.at ?? undefined;
    },
    recordAttempt: (id, attempt, next) => db.write(() => recordAttempt(db, { id, attempt, next })),
    retryDelivery: (id, dueAt) => db.write(() => retry(db, id, dueAt)),
    deliveries: async (filter) => listDeliveries(db, filter),
    delivery: async (id) => readDelivery(db, id),
  };
}

/** Up to here, sorting what is due is cheaper than walking past what is backing off. */
const maxSorted = 1_000;

/**
 * In the order of events. With few due, they are found by time and sorted; with many, the walk in event order soon
 * meets enough. So neither a million that wait nor a million that are due makes it slow.
 */
function due(db: Db, { endpointId, now, limit, except }: DueDeliveries): StoredDelivery[] {
  const byTime = db.all<Candidate>(
    `SELECT seq, id, event_position, conversation_id, tries FROM deliveries INDEXED BY deliveries_due
     WHERE endpoint_id = ? AND state = 'pending' AND due_at <= ? LIMIT ?`,
    endpointId,
    now,
    maxSorted + 1,
  );
  if (byTime.length > maxSorted) return walk(db, { endpointId, now, limit, except });
  const first = byTime
    .filter(({ id }) => !except.deliveries.has(id))
    .filter(({ tries, conversation_id }) => tries > 0 || !except.conversations.has(conversation_id ?? ""))
    .sort((a, b) => a.event_position - b.event_position)
    .slice(0, limit);
  return first.flatMap(
    ({ seq }) => db.one<StoredDelivery>("SELECT * FROM deliveries WHERE seq = ?", seq) ?? [],
  );
}

function walk(db: Db, { endpointId, now, limit, except }: DueDeliveries): StoredDelivery[] {
  return db.all<StoredDelivery>(
    `SELECT * FROM deliveries INDEXED BY deliveries_order
     WHERE endpoint_id = ? AND state = 'pending' AND due_at <= ?
       AND id NOT IN (SELECT value FROM json_each(?))
       AND (tries > 0 OR conversation_id IS NULL OR conversation_id NOT IN (SELECT value FROM json_each(?)))
     ORDER BY event_position LIMIT ?`,
    endpointId,
    now,
    JSON.stringify([...except.deliveries]),
    JSON.stringify([...except.conversations]),
    limit,
  );
}

function recordAttempt(
  db: Db,
  {
    id,
    attempt,
    next,
  }: { id: string; attempt: DeliveryAttempt; next: { state: DeliveryState; dueAt?: number } },
): void {
  const row = db.one<StoredDelivery>("SELECT * FROM deliveries WHERE id = ?", id);
  if (!row) throw new GatewayError("not_found", `There is no delivery ${id}.`);
  db.insert("delivery_attempts", {
    delivery_id: id,
    at: attempt.at,
    latency_ms: Math.round(attempt.latencyMs),
    http_status: attempt.httpStatus ?? null,
    error: attempt.error ?? null,
    answer: attempt.answer ?? null,
  });
  // The endpoint may have been removed while the attempt was under way: nobody would try this again.
  const isOver = next.state === "pending" && !endpointExists(db, row.endpoint_id);
  db.update("deliveries", id, {
    state: isOver ? "dead" : next.state,
    tries: row.tries + 1,
    due_at: next.dueAt ?? row.due_at,
  });
}

function retry(db: Db, id: string, dueAt: number): DeliveryRow | undefined {
  const row = db.one<StoredDelivery>("SELECT * FROM deliveries WHERE id = ?", id);
  if (!row) return undefined;
  if (!endpointExists(db, row.endpoint_id)) {
    throw new GatewayError("conflict", `The endpoint of delivery ${id} was removed: there is nobody to try.`);
  }
  db.update("deliveries", id, { state: "pending", due_at: dueAt });
  return readDelivery(db, id);
}

function listDeliveries(db: Db, filter: DeliveryFilter) {
  const { endpointId, eventId, state } = filter;
  // A + keeps SQLite from walking the wider of two indexes.
  const where = conditions({
    event_id: eventId,
    [eventId === undefined ? "endpoint_id" : "+endpoint_id"]: endpointId,
    [eventId === undefined && endpointId === undefined ? "state" : "+state"]: state,
  });
  const rows = db.all<StoredDelivery>(
    `SELECT * FROM deliveries WHERE seq < ?${where.sql} ORDER BY seq DESC LIMIT ?`,
    keyBelow(filter.after),
    ...where.values,
    filter.limit + 1,
  );
  return pageOf(
    rows,
    filter.limit,
    (row) => row.seq,
    (row) => deliveryRow(db, row),
  );
}

function readDelivery(db: Db, id: string): DeliveryRow | undefined {
  const row = db.one<StoredDelivery>("SELECT * FROM deliveries WHERE id = ?", id);
  return row && deliveryRow(db, row);
}

function deliveryRow(db: Db, row: StoredDelivery): DeliveryRow {
  const attempts =
    row.tries === 0
      ? []
      : db.all<StoredAttempt>("SELECT * FROM delivery_attempts WHERE delivery_id = ? ORDER BY seq", row.id);
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    ...(row.conversation_id !== null && { conversationId: row.conversation_id }),
    state: row.state,
    tries: row.tries,
    dueAt: row.due_at,
    createdAt: row.created_at,
    attempts: attempts.map(attemptRow),
  };
}

function attemptRow(row: StoredAttempt): DeliveryAttempt {
  return {
    at: row.at,
    latencyMs: row.latency_ms,
    ...(row.http_status !== null && { httpStatus: row.http_status }),
    ...(row.error !== null && { error: row.error }),
    ...(row.answer !== null && { answer: row.answer }),
  };
}
