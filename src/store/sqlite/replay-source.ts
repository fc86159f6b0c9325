import { timestamp } from "../../core/clock.ts";
import type { Event, EventType } from "../../core/event.ts";
import type { PostedPayload } from "../endpoint-rows.ts";
import type { ReplayWish } from "../replaying.ts";
import type { Db } from "./connection.ts";
import { mayLearn, type Receiver, wants } from "./receivers.ts";

/** Rows looked at in one step. */
const partSize = 2_000;

export interface Replayable {
  key: number;
  eventId: string;
  eventType: EventType | "raw";
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
export function partOf(db: Db, target: Receiver, asked: Asked): Part {
  if (asked.wish.ids) return named(db, target, asked);
  return isByDelivery(target, asked.wish) ? delivered(db, target, asked) : happened(db, target, asked);
}

/** Where a wish begins, and where it ends as things are now. */
export function boundsOf(db: Db, target: Receiver, wish: ReplayWish): { after: number; until: number } {
  if (wish.ids) return { after: 0, until: wish.ids.length };
  if (isByDelivery(target, wish))
    return { after: 0, until: lastOf(db, "SELECT max(seq) AS last FROM deliveries") };
  const last = lastOf(db, "SELECT max(position) AS last FROM events");
  const after = wish.since === undefined ? 0 : positionBefore(db, wish.since, last);
  return { after, until: wish.until === undefined ? last : positionBefore(db, wish.until, last) };
}

function lastOf(db: Db, sql: string): number {
  return db.one<{ last: number | null }>(sql)?.last ?? 0;
}

/** The last event before a time, by halves: their times grow with their positions. */
function positionBefore(db: Db, at: number, last: number): number {
  const sql = `SELECT position, json_extract(body, '$.timestamp') AS at FROM events WHERE position >= ?
    ORDER BY position LIMIT 1`;
  let [before, from] = [0, last + 1];
  while (from - before > 1) {
    const middle = Math.floor((before + from) / 2);
    const row = db.one<{ position: number; at: string }>(sql, middle);
    if (row && row.at < timestamp(at)) before = row.position;
    else from = middle;
  }
  return before;
}

interface StoredEvent {
  position: number;
  id: string;
  type: EventType;
  channel_id: string | null;
  conversation_id: string | null;
  body: string;
}

function happened(db: Db, target: Receiver, { wish, after, until }: Asked): Part {
  const sql = "SELECT * FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?";
  const rows = db.all<StoredEvent>(sql, after, until, partSize);
  return part(
    rows.filter((row) => fitsEvent(db, { target, wish }, row)).map(eventItem),
    rows.length === partSize ? rows.at(-1)?.position : undefined,
  );
}

function eventItem(row: StoredEvent): Replayable {
  const lane = row.conversation_id ?? undefined;
  return { key: row.position, eventId: row.id, eventType: row.type, lane, at: Date.parse(timeIn(row)) };
}

function timeIn({ body }: StoredEvent): string {
  return (JSON.parse(body) as Event).timestamp;
}

/** What the endpoint would get if it happened now, as far as the wish goes. */
function fitsEvent(
  db: Db,
  { target, wish }: { target: Receiver; wish: ReplayWish },
  row: StoredEvent,
): boolean {
  const channelId = row.channel_id ?? undefined;
  return (
    wants(target.events, row.type) &&
    wants(target.channels, channelId) &&
    (!wish.types || wish.types.includes(row.type)) &&
    (!wish.channels || (channelId !== undefined && wish.channels.includes(channelId))) &&
    (!wish.conversation || wish.conversation === row.conversation_id) &&
    isForOthers(db, target, row)
  );
}

/** A test is for one endpoint alone, and how an endpoint fares is for all the others. */
function isForOthers(db: Db, target: Receiver, { type, body }: StoredEvent): boolean {
  if (type === "endpoint.test") return false;
  if (!type.startsWith("endpoint.")) return true;
  const event = JSON.parse(body) as Event;
  return event.endpoint?.id !== target.id && mayLearn(db, target, event);
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

const deliveriesOf = (index: string, state: string) => `
  SELECT d.*, coalesce(e.channel_id, p.channel_id) AS channel_id FROM deliveries d INDEXED BY ${index}
  LEFT JOIN events e ON e.id = d.event_id LEFT JOIN payloads p ON p.id = d.payload_id
  WHERE d.endpoint_id = ? ${state} AND d.seq > ? AND d.seq <= ? ORDER BY d.seq LIMIT ?`;
const dead = deliveriesOf("deliveries_dead", "AND d.state = 'dead'");
const all = deliveriesOf("deliveries_endpoint", "");

function delivered(db: Db, target: Receiver, { wish, after, until }: Asked): Part {
  const sql = wish.state === "dead" ? dead : all;
  const rows = db.all<StoredDelivery>(sql, target.id, after, until, partSize);
  return part(
    rows.filter((row) => fitsDelivery(target, wish, row)).map(deliveryItem),
    rows.length === partSize ? rows.at(-1)?.seq : undefined,
  );
}

function fitsDelivery(target: Receiver, wish: ReplayWish, row: StoredDelivery): boolean {
  const type = row.event_type;
  const channelId = row.channel_id ?? undefined;
  return (
    type !== "endpoint.test" &&
    wants(target.channels, channelId) &&
    (!wish.types || (type !== "raw" && wish.types.includes(type))) &&
    (!wish.channels || (channelId !== undefined && wish.channels.includes(channelId))) &&
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
    lane: row.lane ?? undefined,
    ...(row.payload_id !== null && { payload: { payloadId: row.payload_id } }),
    ...(row.app_payload_id !== null && { payload: { appPayloadId: row.app_payload_id } }),
    at: row.created_at,
  };
}

/** Few enough for one step. An id of nothing that the endpoint may have fits nothing. */
function named(db: Db, target: Receiver, { wish, after }: Asked): Part {
  const rest: ReplayWish = { ...wish, ids: undefined };
  const items = (wish.ids ?? []).slice(after, after + partSize).flatMap((id, index) => {
    const item = isByDelivery(target, wish)
      ? deliveryNamed(db, target, rest, id)
      : eventNamed(db, target, rest, id);
    return item ? [{ ...item, key: after + index + 1 }] : [];
  });
  return part(items, undefined);
}

function eventNamed(db: Db, target: Receiver, wish: ReplayWish, id: string): Replayable | undefined {
  const row = db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", id);
  return row && fitsEvent(db, { target, wish }, row) ? eventItem(row) : undefined;
}

function deliveryNamed(db: Db, target: Receiver, wish: ReplayWish, id: string): Replayable | undefined {
  const state = wish.state === "dead" ? "AND d.state = 'dead'" : "";
  const sql = `SELECT d.*, coalesce(e.channel_id, p.channel_id) AS channel_id FROM deliveries d
    LEFT JOIN events e ON e.id = d.event_id LEFT JOIN payloads p ON p.id = d.payload_id
    WHERE d.event_id = ? AND +d.endpoint_id = ? ${state} ORDER BY d.seq LIMIT 1`;
  const row = db.one<StoredDelivery>(sql, id, target.id);
  return row && fitsDelivery(target, wish, row) ? deliveryItem(row) : undefined;
}

function part(fitting: Replayable[], last: number | undefined): Part {
  return { fitting, ...(last !== undefined && { last }) };
}
