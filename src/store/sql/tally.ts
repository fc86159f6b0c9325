import type { Event } from "../../core/event.ts";
import type { Queue, Queues, TallyingStore } from "../tallying.ts";
import { checkSome } from "./check-tally.ts";
import type { Db, Work } from "./db.ts";

const bucketBits = 14;

export function tallyPart(db: Db): TallyingStore {
  return {
    queues: () => db.gauge(() => queues(db)),
    checkSome: (from) => db.survey(() => checkSome(db, from)),
    traceOf: (delivery) => db.read(() => traceOf(db, delivery)),
  };
}

function* traceOf(
  db: Db,
  { eventId, payload }: Parameters<TallyingStore["traceOf"]>[0],
): Work<string | undefined> {
  const read = function* (sql: string, key: string | number) {
    return (yield* db.one<{ trace: string | null }>(sql, key))?.trace ?? undefined;
  };
  if (payload)
    return "payloadId" in payload
      ? yield* read("SELECT trace FROM payloads WHERE id = ?", payload.payloadId)
      : yield* read("SELECT trace FROM app_payloads WHERE id = ?", payload.appPayloadId);
  const event = yield* db.one<{ trace: string | null; body: string | null }>(eventsTrace, eventId);
  if (!event || event.body === null) return event?.trace ?? undefined;
  const messageId = messageIdIn(event.body);
  if (messageId === undefined) return undefined;
  return yield* read(
    `SELECT coalesce(m.trace, p.trace) AS trace FROM messages m
     LEFT JOIN payloads p ON p.id = m.payload_id WHERE m.id = ?`,
    messageId,
  );
}

/** Most events name their message in a column; of the others it is to be read. */
const eventsTrace = `SELECT coalesce(m.trace, p.trace) AS trace, CASE WHEN e.message_id IS NULL THEN e.body END AS body
  FROM events e LEFT JOIN messages m ON m.id = e.message_id LEFT JOIN payloads p ON p.id = m.payload_id WHERE e.id = ?`;

function messageIdIn(body: string): string | undefined {
  try {
    return (JSON.parse(body) as Event).message?.id;
  } catch {
    // Damaged on the disk: nothing of it is told.
    return undefined;
  }
}

/** Those of all channels, or endpoints, that are not 0. */
export function* totals(db: Db, kind: string): Work<Record<string, number>> {
  const rows = yield* db.all<{ name: string; count: number }>(
    "SELECT state AS name, sum(count) AS count FROM tally WHERE kind = ? AND state <> '' GROUP BY state HAVING sum(count) <> 0",
    kind,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

export function* unknownParts(db: Db): Work<number> {
  const row = yield* db.one<{ count: number }>("SELECT count FROM tally WHERE kind = 'unknown_parts'");
  return row?.count ?? 0;
}

interface Open {
  owner: string;
  state: string;
  count: number;
  /** Where the oldest is. */
  bucket: number;
}

function* queues(db: Db): Work<Queues> {
  const channels: Queues["channels"] = new Map();
  const backlog = "SELECT channel_id AS id, unread FROM backlog WHERE channel_id <> ''";
  for (const { id, unread } of yield* db.all<{ id: string; unread: number }>(backlog))
    channels.set(id, { calls: {}, payloads: yield* payloadsOf(db, id, unread) });
  const open = yield* db.all<Open>(
    `SELECT owner, state, sum(count) AS count, min(bucket) AS bucket FROM tally
     WHERE kind = 'calls' AND state IN ('queued', 'sending', 'held') AND count > 0 GROUP BY owner, state`,
  );
  for (const one of open) {
    const channel = channels.get(one.owner);
    if (!channel) continue;
    channel.calls[one.state] = one.count;
    const at = yield* acceptedAt(db, one);
    if (at !== undefined) channel.oldestCallAt = Math.min(at, channel.oldestCallAt ?? at);
  }
  return { channels, apps: yield* appQueues(db), endpoints: yield* endpointQueues(db) };
}

/** In the oldest bucket with such a call of this channel, the first. */
function* acceptedAt(db: Db, { owner, state, bucket }: Open): Work<number | undefined> {
  const sql = `SELECT m.created_at AS at FROM calls c INDEXED BY calls_state JOIN messages m ON m.id = c.message_id
    WHERE c.state = ? AND c.seq >= ? AND c.seq < ? AND c.channel_id = ? ORDER BY c.seq LIMIT 1`;
  const [from, until] = [bucket << bucketBits, (bucket + 1) << bucketBits];
  return (yield* db.one<{ at: number }>(sql, state, from, until, owner))?.at;
}

function* payloadsOf(db: Db, channelId: string, waiting: number): Work<Queue> {
  if (waiting === 0) return { waiting };
  const sql =
    "SELECT received_at AS at FROM payloads WHERE channel_id = ? AND digested_at < 0 ORDER BY id LIMIT 1";
  return { waiting, oldestAt: (yield* db.one<{ at: number }>(sql, channelId))?.at };
}

/** Of apps nobody keeps a count of each; there are few, and an index of what waits. */
function* appQueues(db: Db): Work<Queues["apps"]> {
  const apps = yield* db.all<{ id: string }>("SELECT id FROM apps WHERE removed_at IS NULL");
  const sql = `SELECT count(*) AS waiting, min(id) AS first FROM app_payloads WHERE app_id = ? AND routed_at < 0`;
  const oldest = "SELECT received_at AS at FROM app_payloads WHERE id = ?";
  const queues: Queues["apps"] = new Map();
  for (const { id } of apps) {
    const { waiting, first } = (yield* db.one<{ waiting: number; first: number | null }>(sql, id))!;
    const row = first === null ? undefined : yield* db.one<{ at: number }>(oldest, first);
    queues.set(id, { waiting, ...(row && { oldestAt: row.at }) });
  }
  return queues;
}

function* endpointQueues(db: Db): Work<Queues["endpoints"]> {
  const rows = yield* db.all<{ id: string; waiting: number }>(
    `SELECT e.id, coalesce(b.pending, 0) AS waiting FROM endpoints e
     LEFT JOIN delivery_backlog b ON b.endpoint_id = e.id`,
  );
  const first = (id: string, isTimed: 0 | 1) =>
    db.one<{ at: number }>(
      `SELECT queued_at AS at FROM deliveries INDEXED BY deliveries_${isTimed ? "timed" : "turn"}
       WHERE endpoint_id = ? AND state = 'pending' AND timed = ${isTimed} ORDER BY ${isTimed ? "due_at" : "seq"} LIMIT 1`,
      id,
    );
  const queues: Queues["endpoints"] = new Map();
  for (const { id, waiting } of rows) {
    const heads = waiting > 0 ? [yield* first(id, 0), yield* first(id, 1)] : [];
    const times = heads.flatMap((row) => (row ? [row.at] : []));
    queues.set(id, times.length > 0 ? { waiting, oldestAt: Math.min(...times) } : { waiting });
  }
  return queues;
}
