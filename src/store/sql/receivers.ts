import { isWithin } from "../../core/caller.ts";
import type { Event, EventType } from "../../core/event.ts";
import type { EndpointFormat, PostedPayload } from "../endpoint-rows.ts";
import { fromJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";

/** An endpoint as far as it decides what is queued for it: secrets are not read for every event. */
export interface Receiver {
  id: string;
  format: EndpointFormat;
  events: readonly EventType[];
  channels: readonly string[];
}

interface StoredReceiver {
  id: string;
  format: EndpointFormat;
  events: string;
  channels: string;
}

/** Those that are switched off by a person get it later; those that the gateway switched off get nothing. */
export function* receiversOf(db: Db, format: EndpointFormat): Work<Receiver[]> {
  const sql =
    "SELECT id, format, events, channels FROM endpoints WHERE format = ? AND disabled IS NULL ORDER BY created_at, id";
  return (yield* db.all<StoredReceiver>(sql, format)).map(receiver);
}

export function* receiverOf(db: Db, id: string): Work<Receiver | undefined> {
  const row = yield* db.one<StoredReceiver>("SELECT * FROM endpoints WHERE id = ?", id);
  return row && receiver(row);
}

function receiver({ id, format, events, channels }: StoredReceiver): Receiver {
  return {
    id,
    format,
    events: fromJson<EventType[]>(events) ?? [],
    channels: fromJson<string[]>(channels) ?? [],
  };
}

export function wantsEvent({ events, channels }: Receiver, { type, channel }: Event): boolean {
  return wants(events, type) && wants(channels, channel?.id);
}

export function wants<Value>(list: readonly Value[], value: Value | undefined): boolean {
  return list.length === 0 || value === undefined || list.includes(value);
}

/** How an endpoint fares is no business of one that does not get all that it gets. */
export function* mayLearn(db: Db, receiver: Receiver, { endpoint }: Pick<Event, "endpoint">): Work<boolean> {
  if (!endpoint || receiver.channels.length === 0) return true;
  const sql = "SELECT channels FROM endpoints WHERE id = ?";
  const channels =
    fromJson<string[]>((yield* db.one<{ channels: string }>(sql, endpoint.id))?.channels ?? null) ?? [];
  return isWithin(channels, receiver);
}

export interface Queued {
  endpointId: string;
  eventId: string;
  eventType: EventType | "raw";
  /** Absent: it is of no channel, or of several. */
  channelId?: string;
  lane?: string;
  /** Wall time. */
  at: number;
  replayId?: string;
  payload?: PostedPayload;
}

/** Puts a delivery at the end of its endpoint's queue. */
export function* enqueue(
  db: Db,
  { endpointId, eventId, eventType, channelId, lane, at, replayId, payload }: Queued,
): Work<void> {
  const queuedAt = db.steady();
  yield* db.insert("deliveries", {
    id: db.mint("dlv"),
    endpoint_id: endpointId,
    channel_id: channelId ?? null,
    event_id: eventId,
    event_type: eventType,
    lane: lane ?? null,
    state: "pending",
    due_at: queuedAt,
    queued_at: queuedAt,
    created_at: at,
    replay_id: replayId ?? null,
    payload_id: payload && "payloadId" in payload ? payload.payloadId : null,
    app_payload_id: payload && "appPayloadId" in payload ? payload.appPayloadId : null,
  });
}
