import { setImmediate as othersTurn } from "node:timers/promises";
import { timestamp } from "../../core/clock.ts";
import { type Event, type EventType, windowState } from "../../core/event.ts";
import { GatewayError } from "../../core/problem.ts";
import type { EndpointChange, EventFilter } from "../notifying.ts";
import { eventConversation } from "../report.ts";
import type { EventRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { insertSealed, isIntact } from "./checksum.ts";
import { conditions, keyBelow, merged, pageOf } from "./columns.ts";
import type { Db } from "./connection.ts";
import { readContact } from "./contacts.ts";
import { laneOf, readConversation } from "./conversations.ts";
import { demandServed, endpointExists, updateEndpoint } from "./endpoints.ts";
import { enqueue, mayLearn, receiversOf, wantsEvent } from "./receivers.ts";

type EventsPart = Pick<
  Store,
  "addEvent" | "reportEndpoint" | "events" | "eventsAfter" | "lastEventPosition" | "event"
>;

interface StoredEvent {
  position: number;
  body: string;
}

export function eventsPart(db: Db): EventsPart {
  return {
    addEvent: (event, only) => db.write(() => appendEvent(db, event, only && { only: only.endpointId })),
    reportEndpoint: (id, change, event) => db.write(() => reportEndpoint(db, { id, change, event })),
    events: async (filter) => listEvents(db, filter),
    eventsAfter: (position, limit, channelIds) => eventsAfter(db, { position, limit, channelIds }),
    lastEventPosition: async () =>
      db.one<{ last: number }>("SELECT coalesce(max(position), 0) AS last FROM events")?.last ?? 0,
    event: async (id) => {
      const row = db.one<StoredEvent>("SELECT * FROM events WHERE id = ?", id);
      return row && isTellable(row) ? eventRow(row).event : undefined;
    },
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
    const rows = storedAfter(db, { position: after, limit, channelIds });
    told.push(...rows.filter(isTellable));
    const last = rows.at(-1);
    if (rows.length < limit || !last || told.length >= limit) return told.slice(0, limit).map(eventRow);
    after = last.position;
    await othersTurn();
  }
}

function storedAfter(db: Db, { position, limit, channelIds }: Reading): StoredEvent[] {
  const read = (channelId?: string) => {
    const where = conditions({ channel_id: channelId });
    const sql = `SELECT * FROM events WHERE position > ?${where.sql} ORDER BY position LIMIT ?`;
    return db.all<StoredEvent>(sql, position, ...where.values, limit);
  };
  // The lowest position first.
  return merged(channelIds, read, (row) => -row.position).slice(0, limit);
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
export function tell(db: Db, { type, conversationId, at, message, speakerId }: Happening): void {
  const conversation = readConversation(db, conversationId);
  if (!conversation) throw new GatewayError("not_found", `There is no conversation ${conversationId}.`);
  const { platform, channelId, lastInboundAt } = conversation;
  const next =
    "UPDATE conversations SET last_sequence = last_sequence + 1 WHERE id = ? RETURNING last_sequence";
  const sequence = db.one<{ last_sequence: number }>(next, conversation.id)?.last_sequence;
  const window = windowState(lastInboundAt, db.windowMs(platform), at);
  const speaker = speakerId === undefined ? undefined : readContact(db, speakerId);
  appendEvent(db, {
    type,
    timestamp: timestamp(at),
    sequence,
    channel: { id: channelId, platform },
    conversation: eventConversation(conversation, window, speaker),
    ...(message && { message }),
  });
}

/** Whom an event reaches, other than everybody who wants its kind. */
type Aim = { only: string } | { except: string };

function appendEvent(db: Db, event: Omit<Event, "id">, aim?: Aim): Event {
  const told: Event = { id: db.mint("evt"), ...event };
  const lane = told.conversation?.id;
  insertSealed(db, "events", {
    id: told.id,
    type: told.type,
    channel_id: told.channel?.id ?? null,
    conversation_id: lane ?? null,
    message_id: told.message && "platform_id" in told.message ? told.message.id : null,
    body: JSON.stringify(told),
  });
  const at = Date.parse(told.timestamp);
  for (const endpointId of receivers(db, told, aim))
    enqueue(db, { endpointId, eventId: told.id, eventType: told.type, lane, at });
  return told;
}

function receivers(db: Db, event: Event, aim: Aim | undefined): string[] {
  if (aim && "only" in aim) {
    demandServed(db, aim.only);
    return [aim.only];
  }
  return receiversOf(db, "antiphon")
    .filter((endpoint) => wantsEvent(endpoint, event))
    .filter((endpoint) => mayLearn(db, endpoint, event))
    .map(({ id }) => id)
    .filter((id) => id !== aim?.except);
}

/** What became of an endpoint: the others learn it. Nothing where it was removed meanwhile. */
function reportEndpoint(
  db: Db,
  { id, change, event }: { id: string; change: EndpointChange; event: Omit<Event, "id"> },
): void {
  if (!endpointExists(db, id)) return;
  updateEndpoint(db, id, change);
  if (change.disabled)
    db.run("UPDATE replays SET state = 'cancelled' WHERE endpoint_id = ? AND state = 'running'", id);
  appendEvent(db, event, { except: id });
}

function listEvents(db: Db, filter: EventFilter) {
  const types = inList("type", filter.types);
  const lanes = inList("conversation_id", filter.conversationId && lanesOf(db, filter.conversationId));
  const read = (channelId?: string) => {
    const where = conditions({ channel_id: channelId });
    return db.all<StoredEvent>(
      `SELECT * FROM events WHERE position < ?${where.sql}${types.sql}${lanes.sql} ORDER BY position DESC LIMIT ?`,
      keyBelow(filter.after),
      ...where.values,
      ...types.values,
      ...lanes.values,
      filter.limit + 1,
    );
  };
  const rows = merged(filter.channelIds, read, (row) => row.position);
  const page = pageOf(
    rows,
    filter.limit,
    (row) => row.position,
    (row) => row,
  );
  return { ...page, rows: page.rows.filter(isTellable).map(eventRow) };
}

/** One that is damaged is told nowhere; its deliveries end as dead. */
function isTellable(row: StoredEvent): boolean {
  return isIntact("events", row);
}

/** A lane and those that were merged into it: their events still name the old lane. */
function lanesOf(db: Db, conversationId: string): string[] {
  const lane = laneOf(db, conversationId) ?? conversationId;
  const merged = db.all<{ id: string }>("SELECT id FROM conversations WHERE merged_into = ?", lane);
  return [lane, ...merged.map((row) => row.id)];
}

function inList(
  column: string,
  values: readonly string[] | "" | undefined,
): { sql: string; values: string[] } {
  if (!values || values.length === 0) return { sql: "", values: [] };
  return { sql: ` AND ${column} IN (${values.map(() => "?").join(", ")})`, values: [...values] };
}

function eventRow(row: StoredEvent): EventRow {
  return { position: row.position, event: JSON.parse(row.body) as Event };
}
