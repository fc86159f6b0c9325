import type { TimedDeliveries } from "../delivering.ts";
import type { DeathReason, DeliveryRow, DeliveryState } from "../endpoint-rows.ts";
import type { Store } from "../store.ts";
import { listOf } from "./columns.ts";
import type { Db, Work } from "./db.ts";

export interface StoredDelivery {
  seq: number;
  id: string;
  endpoint_id: string;
  channel_id: string | null;
  event_id: string;
  event_type: DeliveryRow["eventType"];
  lane: string | null;
  state: DeliveryState;
  reason: DeathReason | null;
  tries: number;
  timed: number;
  due_at: number;
  queued_at: number;
  first_tried_at: number | null;
  replay_id: string | null;
  payload_id: number | null;
  app_payload_id: number | null;
  created_at: number;
}

type LookupPart = Pick<
  Store,
  | "deliveriesInTurn"
  | "timedDeliveries"
  | "nextTimedAt"
  | "headOfLane"
  | "oldestQueuedAt"
  | "pendingDeliveries"
>;

/** In the order of their rows, which is that of their ages, too. */
export const inTurn =
  "deliveries INDEXED BY deliveries_turn WHERE endpoint_id = ? AND state = 'pending' AND timed = 0";
const timed =
  "deliveries INDEXED BY deliveries_timed WHERE endpoint_id = ? AND state = 'pending' AND timed = 1";
/** By age, of those that wait for a time. */
export const failedByAge =
  "deliveries INDEXED BY deliveries_failed_age WHERE endpoint_id = ? AND state = 'pending' AND timed = 1";
const ofLane =
  "deliveries INDEXED BY deliveries_lane WHERE endpoint_id = ? AND lane = ? AND state = 'pending'";

/** Each walks its own index, so that none passes over what it does not want. */
export function lookupPart(db: Db): LookupPart {
  const rows = function* (sql: string, ...values: (string | number)[]) {
    return (yield* db.all<StoredDelivery>(sql, ...values)).map(deliveryRow);
  };
  return {
    deliveriesInTurn: ({ endpointId, after, limit }) =>
      db.read(() =>
        rows(`SELECT * FROM ${inTurn} AND seq > ? ORDER BY seq LIMIT ?`, endpointId, after, limit),
      ),
    timedDeliveries: (wish) =>
      db.read(function* () {
        return (yield* timedRows(db, wish)).map(deliveryRow);
      }),
    nextTimedAt: (endpointId, after) =>
      db.read(() =>
        lowest(db, `SELECT min(due_at) AS value FROM ${timed} AND due_at > ?`, endpointId, after),
      ),
    headOfLane: (endpointId, lane, isInTurn) =>
      db.read(function* () {
        const only = isInTurn ? "AND timed = 0" : "";
        const [head] = yield* rows(`SELECT * FROM ${ofLane} ${only} ORDER BY seq LIMIT 1`, endpointId, lane);
        return head;
      }),
    oldestQueuedAt: (endpointId) => db.read(() => oldest(db, endpointId)),
    pendingDeliveries: (endpointId) =>
      db.read(function* () {
        const sql = "SELECT pending AS value FROM delivery_backlog WHERE endpoint_id = ?";
        return (yield* lowest(db, sql, endpointId)) ?? 0;
      }),
  };
}

function* timedRows(
  db: Db,
  { endpointId, now, limit, except, headsOnly }: TimedDeliveries,
): Work<StoredDelivery[]> {
  const isHead = `AND (lane IS NULL OR NOT EXISTS (
    SELECT 1 FROM deliveries AS former INDEXED BY deliveries_lane WHERE former.endpoint_id = deliveries.endpoint_id
      AND former.lane = deliveries.lane AND former.state = 'pending' AND former.seq < deliveries.seq))`;
  const known = listOf(except);
  return yield* db.all<StoredDelivery>(
    `SELECT * FROM ${timed} AND due_at <= ? AND id NOT IN ${known.sql} ${headsOnly ? isHead : ""}
     ORDER BY due_at, seq LIMIT ?`,
    endpointId,
    now,
    ...known.values,
    limit,
  );
}

function* oldest(db: Db, endpointId: string): Work<number | undefined> {
  const first = yield* lowest(
    db,
    `SELECT queued_at AS value FROM ${inTurn} ORDER BY seq LIMIT 1`,
    endpointId,
  );
  const failed = yield* lowest(db, `SELECT min(queued_at) AS value FROM ${failedByAge}`, endpointId);
  return first === undefined || failed === undefined ? (first ?? failed) : Math.min(first, failed);
}

function* lowest(db: Db, sql: string, ...values: (string | number)[]): Work<number | undefined> {
  return (yield* db.one<{ value: number | null }>(sql, ...values))?.value ?? undefined;
}

export function deliveryRow(row: StoredDelivery): DeliveryRow {
  return {
    seq: row.seq,
    id: row.id,
    endpointId: row.endpoint_id,
    eventId: row.event_id,
    eventType: row.event_type,
    ...(row.lane !== null && { lane: row.lane }),
    state: row.state,
    ...(row.reason !== null && { reason: row.reason }),
    tries: row.tries,
    isTimed: row.timed === 1,
    dueAt: row.due_at,
    queuedAt: row.queued_at,
    ...(row.first_tried_at !== null && { firstTriedAt: row.first_tried_at }),
    ...(row.replay_id !== null && { replayId: row.replay_id }),
    ...(row.payload_id !== null && { payload: { payloadId: row.payload_id } }),
    ...(row.app_payload_id !== null && { payload: { appPayloadId: row.app_payload_id } }),
    createdAt: row.created_at,
  };
}
