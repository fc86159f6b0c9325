import { setImmediate as othersTurn } from "node:timers/promises";
import { timestamp } from "../../core/clock.ts";
import { type Event, type EventType, windowState } from "../../core/event.ts";
import { GatewayError } from "../../core/problem.ts";
import type { EndpointChange, EventFilter } from "../notifying.ts";
import { eventConversation } from "../report.ts";
import type { EventRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { insertSealed, isIntact } from "./checksum.ts";
import { conditions, keyBelow, listOf, merged, pageOf } from "./columns.ts";
import { readContact } from "./contacts.ts";
import { laneOf, type StoredConversation } from "./conversations.ts";
import type { Db, Work } from "./db.ts";
import { chosen } from "./each.ts";
import { demandServed, endpointExists, updateEndpoint } from "./endpoints.ts";
import { enqueue, mayLearn, receiversOf, wantsEvent } from "./receivers.ts";

type EventsPart = Pick<
  Store,
  "addEvent" | "reportEndpoint" | "events" | "eventsAfter" | "lastEventPosition" | "event" | "eventBody"
>;

interface StoredEvent {
  position: number;
  body: string;
}

export function eventsPart(db: Db): EventsPart {
  return {
    addEvent: (event, only) => db.write(() => appendEvent(db, event, only && { only: only.endpointId })),
    reportEndpoint: (id, change, event) => db.write(() => reportEndpoint(db, { id, change, event })),
    events: (filter) => db.survey(() => listEvents(db, filter)),
    eventsAfter: (position, limit, channelIds) => eventsAfter(db, { position, limit, channelIds }),
    lastEventPosition: () =>
      db.read(function* () {
        const row = yield* db.one<{ last: number }>("SELECT coalesce(max(position), 0) AS last FROM events");
        return row?.last ?? 0;
      }),
    event: (id) =>
      db.read(function* () {
        const row = yield* db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", id);
        return row && isTellable(row) ? eventRow(row).event : undefined;
      }),
    eventBody: (id) =>
      db.read(function* () {
        const row = yield* db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", id);
        return row && isTellable(row) ? row.body : undefined;
      }),
  };
}

interface Reading {
  position: number;
  limit: number;
  channelIds: readonly string[] | undefined;
}

/** A damaged event is passed over, and not taken for the end: of what can be told as many as are wanted. */
async function eventsAfter(db: Db, { position, limit, channelIds }: Reading): Promise<EventRow[]> {
  const told: StoredEvent[] = [];
  for (let after = position; ; ) {
    const from = after;
    const rows = await db.read(() => storedAfter(db, { position: from, limit, channelIds }));
    told.push(...rows.filter(isTellable));
    const last = rows.at(-1);
    if (rows.length < limit || !last || told.length >= limit) return told.slice(0, limit).map(eventRow);
    after = last.position;
    await othersTurn();
  }
}

function* storedAfter(db: Db, { position, limit, channelIds }: Reading): Work<StoredEvent[]> {
  const read = function* (channelId?: string) {
    const where = conditions({ channel_id: channelId });
    const sql = `SELECT * FROM events WHERE position > ?${where.sql} ORDER BY position LIMIT ?`;
    return yield* db.all<StoredEvent>(sql, position, ...where.values, limit);
  };
  // The lowest position first.
  const rows = yield* merged(channelIds, read, (row) => -row.position);
  return rows.slice(0, limit);
}

interface Happening {
  type: EventType;
  conversationId: string;
  at: number;
  message?: Event["message"];
  /** Who spoke, where the conversation is a group. */
  speakerId?: string;
}

/** An event of a conversation: numbered there, and delivered to every endpoint that asked for its kind. */
export function* tell(db: Db, { type, conversationId, at, message, speakerId }: Happening): Work<void> {
  const row = yield* db.one<StoredConversation & { last_sequence: number }>(nextInSequence, conversationId);
  if (!row) throw new GatewayError("not_found", `There is no conversation ${conversationId}.`);
  const { id, platform, channel_id, chat_id, chat_type, last_inbound_at } = row;
  const personId = row.contact_id ?? speakerId;
  const person = personId === undefined ? undefined : yield* readContact(db, personId);
  const window = windowState(last_inbound_at ?? undefined, db.windowMs(platform), at);
  yield* appendEvent(db, {
    type,
    timestamp: timestamp(at),
    sequence: row.last_sequence,
    channel: { id: channel_id, platform },
    conversation: eventConversation({ id, chat: { id: chat_id, type: chat_type } }, window, person),
    ...(message && { message }),
  });
}

/** The lane that an id leads to, one event on. */
const nextInSequence = `
UPDATE conversations SET last_sequence = last_sequence + 1
WHERE id = (SELECT coalesce(merged_into, id) FROM conversations WHERE id = ?)
RETURNING *, (SELECT platform FROM channels WHERE channels.id = conversations.channel_id) AS platform`;

/** Whom an event reaches, other than everybody who wants its kind. */
type Aim = { only: string } | { except: string };

export function* appendEvent(db: Db, event: Omit<Event, "id">, aim?: Aim): Work<Event> {
  const told: Event = { id: db.mint("evt"), ...event };
  const lane = told.conversation?.id;
  yield* insertSealed(db, "events", {
    id: told.id,
    type: told.type,
    channel_id: told.channel?.id ?? null,
    conversation_id: lane ?? null,
    message_id: told.message && "platform_id" in told.message ? told.message.id : null,
    body: JSON.stringify(told),
  });
  const queued = { eventId: told.id, eventType: told.type, channelId: told.channel?.id, lane };
  const at = Date.parse(told.timestamp);
  for (const endpointId of yield* receivers(db, told, aim)) yield* enqueue(db, { ...queued, endpointId, at });
  return told;
}

function* receivers(db: Db, event: Event, aim: Aim | undefined): Work<string[]> {
  if (aim && "only" in aim) {
    yield* demandServed(db, aim.only);
    return [aim.only];
  }
  const endpoints = yield* receiversOf(db, "antiphon");
  const wanting = endpoints.filter((one) => one.id !== aim?.except && wantsEvent(one, event));
  const learning = yield* chosen(wanting, (one) => mayLearn(db, one, event));
  return learning.map(({ id }) => id);
}

/** What became of an endpoint: the others learn it. Nothing where it was removed meanwhile. */
function* reportEndpoint(
  db: Db,
  { id, change, event }: { id: string; change: EndpointChange; event: Omit<Event, "id"> },
): Work<void> {
  if (!(yield* endpointExists(db, id))) return;
  yield* updateEndpoint(db, id, change);
  if (change.disabled)
    yield* db.run("UPDATE replays SET state = 'cancelled' WHERE endpoint_id = ? AND state = 'running'", id);
  yield* appendEvent(db, event, { except: id });
}

function* listEvents(db: Db, filter: EventFilter) {
  const types = inList("type", filter.types);
  const lanes = inList(
    "conversation_id",
    filter.conversationId && (yield* lanesOf(db, filter.conversationId)),
  );
  const read = function* (channelId?: string) {
    const where = conditions({ channel_id: channelId });
    return yield* db.all<StoredEvent>(
      `SELECT * FROM events WHERE position < ?${where.sql}${types.sql}${lanes.sql} ORDER BY position DESC LIMIT ?`,
      keyBelow(filter.after),
      ...where.values,
      ...types.values,
      ...lanes.values,
      filter.limit + 1,
    );
  };
  const key = (row: StoredEvent) => row.position;
  const page = pageOf(yield* merged(filter.channelIds, read, key), filter.limit, key);
  return { ...page, rows: page.rows.filter(isTellable).map(eventRow) };
}

/** One that is damaged is told nowhere; its deliveries end as dead. */
function isTellable(row: StoredEvent): boolean {
  return isIntact("events", row);
}

/** A lane and those that were merged into it: their events still name the old lane. */
function* lanesOf(db: Db, conversationId: string): Work<string[]> {
  const lane = (yield* laneOf(db, conversationId)) ?? conversationId;
  const merged = yield* db.all<{ id: string }>("SELECT id FROM conversations WHERE merged_into = ?", lane);
  return [lane, ...merged.map((row) => row.id)];
}

function inList(
  column: string,
  values: readonly string[] | "" | undefined,
): { sql: string; values: string[] } {
  if (!values || values.length === 0) return { sql: "", values: [] };
  const list = listOf(values);
  return { sql: ` AND ${column} IN ${list.sql}`, values: list.values };
}

function eventRow(row: StoredEvent): EventRow {
  return { position: row.position, event: JSON.parse(row.body) as Event };
}
