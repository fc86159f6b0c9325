import type { Event, EventType } from "../../core/event.ts";
import type { PostedPayload } from "../endpoint-rows.ts";
import type { ReplayWish } from "../replaying.ts";
import type { Db, Work } from "./db.ts";
import { chosen, each } from "./each.ts";
import { mayLearn, type Receiver, wants } from "./receivers.ts";

/** Rows looked at in one step. */
const partSize = 2_000;

export interface Replayable {
  key: number;
  eventId: string;
  eventType: EventType | "raw";
  channelId?: string;
  lane?: string;
  payload?: PostedPayload;
  /** Wall time. */
  at: number;
}

interface Part {
  fitting: Replayable[];
  /** The last row that was looked at; absent: there are no more. */
  last?: number;
}

interface Asked {
  wish: ReplayWish;
  after: number;
  /** The last row that belongs to the replay. */
  until: number;
}

/**
 * Events are gone through themselves, so that an endpoint can be told what happened while nothing was queued for it;
 * dead letters, and what platforms posted, by the deliveries that there were.
 */
function isByDelivery({ format }: Receiver, { state }: ReplayWish): boolean {
  return state !== undefined || format === "raw";
}

/** The next part of what a wish names, in order. */
export function* partOf(db: Db, target: Receiver, asked: Asked): Work<Part> {
  if (asked.wish.ids) return yield* named(db, target, asked);
  return isByDelivery(target, asked.wish)
    ? yield* delivered(db, target, asked)
    : yield* happened(db, target, asked);
}

/** Where a wish begins, and where it ends as things are now. */
export function* boundsOf(
  db: Db,
  target: Receiver,
  wish: ReplayWish,
): Work<{ after: number; until: number }> {
  if (wish.ids) return { after: 0, until: wish.ids.length };
  if (isByDelivery(target, wish))
    return { after: 0, until: yield* lastOf(db, "SELECT max(seq) AS last FROM deliveries") };
  // All of them: a wall clock that was set back gives later events earlier times.
  return { after: 0, until: yield* lastOf(db, "SELECT max(position) AS last FROM events") };
}

function* lastOf(db: Db, sql: string): Work<number> {
  return (yield* db.one<{ last: number | null }>(sql))?.last ?? 0;
}

interface StoredEvent {
  position: number;
  id: string;
  type: EventType;
  channel_id: string | null;
  conversation_id: string | null;
  body: string;
}

function* happened(db: Db, target: Receiver, { wish, after, until }: Asked): Work<Part> {
  const sql = "SELECT * FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?";
  const rows = yield* db.all<StoredEvent>(sql, after, until, partSize);
  const fitting = yield* chosen(rows, (row) => fitsEvent(db, { target, wish }, row));
  return part(fitting.map(eventItem), rows.length === partSize ? rows.at(-1)?.position : undefined);
}

function eventItem(row: StoredEvent): Replayable {
  return {
    key: row.position,
    eventId: row.id,
    eventType: row.type,
    channelId: row.channel_id ?? undefined,
    lane: row.conversation_id ?? undefined,
    at: Date.parse(timeIn(row)),
  };
}

function timeIn({ body }: StoredEvent): string {
  return (JSON.parse(body) as Event).timestamp;
}

/** What the endpoint would get if it happened now, as far as the wish goes. */
function* fitsEvent(db: Db, { target, wish }: For, row: StoredEvent): Work<boolean> {
  const channelId = row.channel_id ?? undefined;
  return (
    wants(target.events, row.type) &&
    wants(target.channels, channelId) &&
    (!wish.types || wish.types.includes(row.type)) &&
    (!wish.channels || (channelId !== undefined && wish.channels.includes(channelId))) &&
    (!wish.conversation || wish.conversation === row.conversation_id) &&
    isInTime(wish, row) &&
    (yield* isForOthers(db, target, row))
  );
}

function isInTime({ since, until }: ReplayWish, row: StoredEvent): boolean {
  if (since === undefined && until === undefined) return true;
  const at = Date.parse(timeIn(row));
  return at >= (since ?? 0) && at < (until ?? Number.POSITIVE_INFINITY);
}

/** A test is for one endpoint alone, and how an endpoint fares is for all the others. */
function* isForOthers(db: Db, target: Receiver, { type, body }: StoredEvent): Work<boolean> {
  if (type === "endpoint.test") return false;
  if (!type.startsWith("endpoint.")) return true;
  const event = JSON.parse(body) as Event;
  return event.endpoint?.id !== target.id && (yield* mayLearn(db, target, event));
}

interface StoredDelivery {
  seq: number;
  event_id: string;
  event_type: EventType | "raw";
  lane: string | null;
  payload_id: number | null;
  app_payload_id: number | null;
  created_at: number;
  channel_id: string | null;
}

/** Of one from before deliveries had their channel, its event or payload tells it. */
const replayed = `d.seq, d.event_id, d.event_type, d.lane, d.payload_id, d.app_payload_id, d.created_at,
  coalesce(d.channel_id, e.channel_id, p.channel_id) AS channel_id`;
const deliveriesOf = (index: string, state: string) => `
  SELECT ${replayed} FROM deliveries d INDEXED BY ${index}
  LEFT JOIN events e ON e.id = d.event_id LEFT JOIN payloads p ON p.id = d.payload_id
  WHERE d.endpoint_id = ? ${state} AND d.seq > ? AND d.seq <= ? ORDER BY d.seq LIMIT ?`;
const dead = deliveriesOf("deliveries_dead", "AND d.state = 'dead'");
/** Each as it was first queued: what an earlier replay told again is the same. */
const all = deliveriesOf("deliveries_endpoint", "AND d.replay_id IS NULL");

function* delivered(db: Db, target: Receiver, { wish, after, until }: Asked): Work<Part> {
  const sql = wish.state === "dead" ? dead : all;
  const rows = yield* db.all<StoredDelivery>(sql, target.id, after, until, partSize);
  const items = yield* each(rows, (row) => deliveryItems(db, { target, wish }, row));
  return part(items.flat(), rows.length === partSize ? rows.at(-1)?.seq : undefined);
}

interface For {
  target: Receiver;
  wish: ReplayWish;
}

/** A webhook of an app that holds more than the endpoint may have comes in its own parts alone, as it would now. */
function* deliveryItems(db: Db, { target, wish }: For, row: StoredDelivery): Work<Replayable[]> {
  if (!fitsDelivery(wish, row)) return [];
  const isOwn = (channelId: string | null) =>
    wants(target.channels, channelId ?? undefined) &&
    (!wish.channels || (channelId !== null && wish.channels.includes(channelId)));
  if (row.app_payload_id === null)
    return isOwn(row.channel_id) && (yield* isNoSecret(db, target, row)) ? [deliveryItem(row)] : [];
  if (target.channels.length === 0 && !wish.channels) return [deliveryItem(row)];
  const parts = yield* db.all<{ id: number; channel_id: string }>(
    "SELECT id, channel_id FROM payloads WHERE app_payload_id = ? ORDER BY id",
    row.app_payload_id,
  );
  const own = parts.filter(({ channel_id }) => isOwn(channel_id));
  const others = "SELECT 1 FROM unrouted_parts WHERE app_payload_id = ? LIMIT 1";
  const isWhole = own.length === parts.length && (yield* db.one(others, row.app_payload_id)) === undefined;
  if (isWhole && own.length > 0) return [deliveryItem(row)];
  return own.map(({ id, channel_id }) => ({
    ...deliveryItem({ ...row, channel_id }),
    eventId: `raw_${id}`,
    payload: { payloadId: id },
  }));
}

/** How another endpoint fares may have been told to this one while it got all channels. */
function* isNoSecret(db: Db, target: Receiver, { event_id, event_type }: StoredDelivery): Work<boolean> {
  if (!event_type.startsWith("endpoint.")) return true;
  const row = yield* db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", event_id);
  return row !== undefined && (yield* isForOthers(db, target, row));
}

function fitsDelivery(wish: ReplayWish, row: StoredDelivery): boolean {
  const type = row.event_type;
  return (
    type !== "endpoint.test" &&
    (!wish.types || (type !== "raw" && wish.types.includes(type))) &&
    (!wish.conversation || wish.conversation === row.lane) &&
    (wish.since === undefined || row.created_at >= wish.since) &&
    (wish.until === undefined || row.created_at < wish.until)
  );
}

function deliveryItem(row: StoredDelivery): Replayable {
  return {
    key: row.seq,
    eventId: row.event_id,
    eventType: row.event_type,
    channelId: row.channel_id ?? undefined,
    lane: row.lane ?? undefined,
    ...(row.payload_id !== null && { payload: { payloadId: row.payload_id } }),
    ...(row.app_payload_id !== null && { payload: { appPayloadId: row.app_payload_id } }),
    at: row.created_at,
  };
}

/** Few enough for one step. An id of nothing that the endpoint may have fits nothing. */
function* named(db: Db, target: Receiver, { wish, after }: Asked): Work<Part> {
  const rest: ReplayWish = { ...wish, ids: undefined };
  const find = isByDelivery(target, wish) ? deliveryNamed : eventNamed;
  const ids = (wish.ids ?? []).slice(after, after + partSize);
  const found = yield* each(ids, (id) => find(db, { target, wish: rest }, id));
  const items = found.flatMap((some, index) => some.map((item) => ({ ...item, key: after + index + 1 })));
  return part(items, undefined);
}

function* eventNamed(db: Db, wanted: For, id: string): Work<Replayable[]> {
  const row = yield* db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", id);
  return row && (yield* fitsEvent(db, wanted, row)) ? [eventItem(row)] : [];
}

function* deliveryNamed(db: Db, wanted: For, id: string): Work<Replayable[]> {
  const state = wanted.wish.state === "dead" ? "AND d.state = 'dead'" : "";
  const sql = `SELECT ${replayed} FROM deliveries d
    LEFT JOIN events e ON e.id = d.event_id LEFT JOIN payloads p ON p.id = d.payload_id
    WHERE d.event_id = ? AND +d.endpoint_id = ? ${state} ORDER BY d.seq LIMIT 1`;
  const row = yield* db.one<StoredDelivery>(sql, id, wanted.target.id);
  return row ? yield* deliveryItems(db, wanted, row) : [];
}

function part(fitting: Replayable[], last: number | undefined): Part {
  return { fitting, ...(last !== undefined && { last }) };
}
