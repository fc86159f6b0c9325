import { GatewayError } from "../../core/problem.ts";
import type { AfterAttempt, DeliveryFilter, Posted } from "../delivering.ts";
import type { DeliveryAttempt, DeliveryDetail, PostedPayload } from "../endpoint-rows.ts";
import type { Store } from "../store.ts";
import { isIntact } from "./checksum.ts";
import { closeDeliveries } from "./close-deliveries.ts";
import { conditions, keyBelow, listOf, merged, pageOf } from "./columns.ts";
import { type Db, repeatable, type Work } from "./db.ts";
import { deliveryRow, failedByAge, inTurn, type StoredDelivery } from "./delivery-lookup.ts";
import { each } from "./each.ts";
import { demandServed, endpointExists } from "./endpoints.ts";

type DeliveriesPart = Pick<
  Store,
  | "recordAttempt"
  | "retryDelivery"
  | "deliveries"
  | "delivery"
  | "expireDeliveries"
  | "closeDeliveries"
  | "abandonedEndpoints"
  | "hurryDeliveries"
  | "posted"
>;

interface StoredAttempt {
  at: number;
  latency_ms: number;
  category: DeliveryAttempt["category"] | null;
  http_status: number | null;
  error: string | null;
  answer: string | null;
}

export function deliveriesPart(db: Db): DeliveriesPart {
  return {
    recordAttempt: (id, attempt, next, at) =>
      db.write(() => recordAttempt(db, { id, attempt, next, at }), repeatable),
    retryDelivery: (id, at) => db.write(() => retry(db, id, at)),
    deliveries: (filter) => db.survey(() => listDeliveries(db, filter)),
    delivery: (id, among) => db.read(() => readDelivery(db, id, among)),
    expireDeliveries: (wish) => db.write(() => expire(db, wish)),
    closeDeliveries: (endpointId, reason, limit) =>
      db.write(() => closeDeliveries(db, { endpointId, reason, limit })),
    abandonedEndpoints: () =>
      db.read(function* () {
        const rows = yield* db.all<{ id: string }>(
          `SELECT endpoint_id AS id FROM delivery_backlog WHERE pending > 0
           AND endpoint_id NOT IN (SELECT id FROM endpoints WHERE disabled IS NULL)`,
        );
        return rows.map(({ id }) => id);
      }),
    hurryDeliveries: ({ endpointId, triedSince, now }) =>
      db.write(function* () {
        yield* db.run(
          `UPDATE deliveries SET due_at = ? WHERE seq IN (
             SELECT seq FROM deliveries INDEXED BY deliveries_timed WHERE endpoint_id = ? AND state = 'pending'
             AND timed = 1 AND due_at > ? AND tried_at >= ? LIMIT 1000)`,
          now,
          endpointId,
          now,
          triedSince,
        );
      }),
    posted: (payload) => db.read(() => posted(db, payload)),
  };
}

interface Recorded {
  id: string;
  attempt: DeliveryAttempt;
  next: AfterAttempt;
  at: number;
}

function* recordAttempt(db: Db, { id, attempt, next, at }: Recorded): Work<number | undefined> {
  const row = yield* db.one<StoredDelivery>("SELECT * FROM deliveries WHERE id = ?", id);
  if (!row) throw new GatewayError("not_found", `There is no delivery ${id}.`);
  yield* db.insert("delivery_attempts", {
    endpoint_id: row.endpoint_id,
    channel_id: row.channel_id,
    delivery_id: id,
    at: attempt.at,
    latency_ms: Math.round(attempt.latencyMs),
    category: attempt.category ?? null,
    http_status: attempt.httpStatus ?? null,
    error: attempt.error ?? null,
    answer: attempt.answer ?? null,
  });
  const tried = { tries: row.tries + 1, tried_at: at, first_tried_at: row.first_tried_at ?? at };
  // It may have been closed while the attempt was under way: nobody would try this again.
  const isOver = next.state === "pending" && row.state !== "pending";
  // Or somebody asked for another try meanwhile: its time is that wish's, and no longer what this attempt makes of it.
  const isWished =
    row.state === "pending" &&
    row.timed === 1 &&
    row.due_at === row.queued_at &&
    row.queued_at > at - attempt.latencyMs;
  if (isOver || (isWished && next.state !== "delivered")) yield* db.update("deliveries", id, tried);
  else yield* db.update("deliveries", id, { ...tried, ...after(next) });
  if (isOver || next.state === "delivered") return undefined;
  if (isWished) return row.due_at;
  return next.state === "pending" ? next.dueAt : undefined;
}

function after(next: AfterAttempt): Record<string, string | number | null> {
  if (next.state === "pending") return { state: next.state, timed: 1, due_at: next.dueAt };
  return { state: next.state, reason: next.state === "dead" ? next.reason : null };
}

function* retry(db: Db, id: string, at: number): Work<DeliveryDetail | undefined> {
  const row = yield* db.one<StoredDelivery>("SELECT * FROM deliveries WHERE id = ?", id);
  if (!row) return undefined;
  if (!(yield* endpointExists(db, row.endpoint_id))) {
    throw new GatewayError("conflict", `The endpoint of delivery ${id} was removed: there is nobody to try.`);
  }
  yield* demandServed(db, row.endpoint_id);
  yield* db.update("deliveries", id, { state: "pending", reason: null, timed: 1, due_at: at, queued_at: at });
  return yield* readDelivery(db, id);
}

function* expire(
  db: Db,
  { endpointId, queuedBefore, limit }: { endpointId: string; queuedBefore: number; limit: number },
): Work<number> {
  const old = (found: string, most: number) =>
    db.run(
      `UPDATE deliveries SET state = 'dead', reason = 'max_age' WHERE seq IN (
         SELECT seq FROM (SELECT seq, queued_at FROM ${found} LIMIT ?) AS first WHERE queued_at < ?)`,
      endpointId,
      most,
      queuedBefore,
    );
  const expired = yield* old(`${failedByAge} ORDER BY queued_at`, limit);
  return expired + (yield* old(`${inTurn} ORDER BY seq`, limit - expired));
}

function* listDeliveries(db: Db, filter: DeliveryFilter) {
  const { eventId, replayId, state, among } = filter;
  const isNarrow = eventId !== undefined || replayId !== undefined;
  const foreign = among ? leftOut(among.channelIds) : { sql: "", values: [] };
  const read = function* (endpointId?: string) {
    // A + keeps SQLite from walking the wider of two indexes.
    const where = conditions({
      event_id: eventId,
      [eventId === undefined ? "replay_id" : "+replay_id"]: replayId,
      [isNarrow ? "+endpoint_id" : "endpoint_id"]: endpointId,
      [isNarrow || (endpointId !== undefined && state !== "dead") ? "+state" : "state"]: state,
    });
    return yield* db.all<StoredDelivery>(
      `SELECT * FROM deliveries WHERE seq < ?${where.sql}${foreign.sql} ORDER BY seq DESC LIMIT ?`,
      keyBelow(filter.after),
      ...where.values,
      ...foreign.values,
      filter.limit + 1,
    );
  };
  const key = (row: StoredDelivery) => row.seq;
  const page = pageOf(yield* merged(endpointsOf(filter), read, key), filter.limit, key);
  return { ...page, rows: yield* each(page.rows, (row) => detail(db, row)) };
}

/** Those of which deliveries are listed; undefined: all. */
function endpointsOf({ endpointId, among }: DeliveryFilter): readonly string[] | undefined {
  if (endpointId === undefined) return among?.endpointIds;
  return !among || among.endpointIds.includes(endpointId) ? [endpointId] : [];
}

/**
 * An endpoint may have had other channels when an event was told to it. What was posted to an app is a caller's who may
 * see every part of it.
 */
function leftOut(channelIds: readonly string[]): { sql: string; values: string[] } {
  const list = listOf(channelIds);
  const among = `channel_id IN ${list.sql}`;
  const isOwn = `EXISTS (SELECT 1 FROM events WHERE id = event_id AND ${among})`;
  const isOwnPost = `EXISTS (SELECT 1 FROM payloads WHERE id = payload_id AND ${among})`;
  const part = "FROM payloads AS part WHERE part.app_payload_id = deliveries.app_payload_id";
  const isOwnWhole = `deliveries.app_payload_id IS NOT NULL AND EXISTS (SELECT 1 ${part}) AND NOT EXISTS (SELECT 1 ${part}
    AND NOT part.${among}) AND NOT EXISTS (
    SELECT 1 FROM unrouted_parts AS other WHERE other.app_payload_id = deliveries.app_payload_id)`;
  const sql = ` AND (substr(event_type, 1, 9) = 'endpoint.' OR ${isOwn} OR ${isOwnPost} OR (${isOwnWhole}))`;
  return { sql, values: [...list.values, ...list.values, ...list.values] };
}

function* readDelivery(
  db: Db,
  id: string,
  among?: DeliveryFilter["among"],
): Work<DeliveryDetail | undefined> {
  const foreign = among ? leftOut(among.channelIds) : { sql: "", values: [] };
  const sql = `SELECT * FROM deliveries WHERE id = ?${foreign.sql}`;
  const row = yield* db.one<StoredDelivery>(sql, id, ...foreign.values);
  return row && (!among || among.endpointIds.includes(row.endpoint_id)) ? yield* detail(db, row) : undefined;
}

function* detail(db: Db, row: StoredDelivery): Work<DeliveryDetail> {
  const sql = "SELECT * FROM delivery_attempts WHERE delivery_id = ? ORDER BY seq";
  const attempts = row.tries === 0 ? [] : yield* db.all<StoredAttempt>(sql, row.id);
  return { ...deliveryRow(row), attempts: attempts.map(attemptRow) };
}

function attemptRow(row: StoredAttempt): DeliveryAttempt {
  return {
    at: row.at,
    latencyMs: row.latency_ms,
    ...(row.category !== null && { category: row.category }),
    ...(row.http_status !== null && { httpStatus: row.http_status }),
    ...(row.error !== null && { error: row.error }),
    ...(row.answer !== null && { answer: row.answer }),
  };
}

interface StoredPosted {
  body: string;
  signature: string | null;
  channel_id?: string;
  app_id?: string;
}

function* posted(db: Db, payload: PostedPayload): Work<Posted | undefined> {
  const [table, id] =
    "payloadId" in payload
      ? (["payloads", payload.payloadId] as const)
      : (["app_payloads", payload.appPayloadId] as const);
  const row = yield* db.one<StoredPosted>(`SELECT * FROM ${table} WHERE id = ?`, id);
  // Of one that has grown old there is nothing left to tell.
  if (!row || !isIntact(table, row) || row.body === "") return undefined;
  const { body, signature } = row;
  return { body, ...(signature !== null && { signature }), ownerId: row.channel_id ?? row.app_id ?? "" };
}
