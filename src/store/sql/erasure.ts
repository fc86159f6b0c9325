import type { Event, InboundMessage } from "../../core/event.ts";
import { sized, withoutContent, withoutParts } from "../redaction.ts";
import { reseal } from "./checksum.ts";
import type { Db, Work } from "./db.ts";
import { forgetAnswers } from "./endpoint-answers.ts";
import type { Setting } from "./setting.ts";

interface Told {
  id: string;
  status: string;
  payload_id: number | null;
}

/**
 * Notes that a payload holds a message of a contact, so that it is found when they take the message back. If they have
 * done so already, nothing of its content stays in the payload, in the events that told it, or in what came of those.
 */
export function* traceMessage({ db, channelId, payloadId }: Setting, platformId: string): Work<void> {
  const message = yield* db.one<Told>(
    `SELECT m.id, m.status, m.payload_id FROM platform_ids p JOIN messages m ON m.id = p.message_id
     WHERE p.channel_id = ? AND p.platform_id = ? AND m.direction = 'in'`,
    channelId,
    platformId,
  );
  if (!message) return;
  if (message.payload_id !== payloadId) {
    const sql =
      "INSERT INTO message_payloads (channel_id, message_id, payload_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    yield* db.run(sql, channelId, message.id, payloadId);
  }
  if (message.status === "deleted") yield* erase(db, message, { channelId, platformId });
}

function* erase(db: Db, message: Told, place: { channelId: string; platformId: string }): Work<void> {
  for (const { id, app_payload_id } of [
    ...(yield* linked(db, message)),
    ...(yield* unlinked(db, message, place)),
  ]) {
    yield* redact(db, "payloads", id, place.platformId);
    yield* forgetAnswers(db, "event_id", `raw_${id}`);
    if (app_payload_id === null) continue;
    yield* redact(db, "app_payloads", app_payload_id, place.platformId);
    yield* forgetAnswers(db, "event_id", `raw_app_${app_payload_id}`);
  }
  const events = "SELECT position, body FROM events WHERE message_id = ?";
  for (const row of yield* db.all<{ position: number; body: string }>(events, message.id))
    yield* redactEvent(db, row);
  db.scrub();
}

interface Holder {
  id: number;
  app_payload_id: number | null;
}

function* linked(db: Db, { id }: Told): Work<Holder[]> {
  return yield* db.all<Holder>(
    `SELECT id, app_payload_id FROM payloads WHERE id IN (
       SELECT payload_id FROM messages WHERE id = ? UNION SELECT payload_id FROM message_payloads WHERE message_id = ?
     )`,
    id,
    id,
  );
}

/** A body that loses something by it holds the id. */
const holders = (among: string) => `SELECT DISTINCT p.id, p.app_payload_id FROM ${among}
  WHERE p.channel_id = ? AND (replace(p.body, ?, '') <> p.body OR replace(p.body, ?, '') <> p.body)`;
/** CROSS keeps the order: unknown parts are few, and only their payloads' bodies are read. */
export const unreadHolders = holders("unknown_parts u CROSS JOIN payloads p ON p.id = u.payload_id");

/** What no rule could read, and all payloads of the channel for a message from before they were linked. */
function* unlinked(
  db: Db,
  { payload_id }: Told,
  { channelId, platformId }: { channelId: string; platformId: string },
): Work<Holder[]> {
  const sql = payload_id === null ? holders("payloads p") : unreadHolders;
  // Meta writes a slash with a backslash before it.
  return yield* db.all<Holder>(sql, channelId, platformId, platformId.replaceAll("/", "\\/"));
}

function* redact(db: Db, table: "payloads" | "app_payloads", id: number, platformId: string): Work<void> {
  const row = yield* db.one<{ body: string }>(`SELECT body FROM ${table} WHERE id = ?`, id);
  if (!row) return;
  const redacted = sized(withoutContent(row.body, platformId), row.body);
  yield* db.run(`UPDATE ${table} SET body = ? WHERE id = ?`, redacted, id);
  yield* reseal(db, table, { column: "id", key: id });
}

/** What reached no channel is read by nobody, nor would be its unsend: of its content nothing is kept from the first. */
export function* redactUnrouted(db: Db, appPayloadId: number, pointers: readonly string[]): Work<void> {
  const row = yield* db.one<{ body: string }>("SELECT body FROM app_payloads WHERE id = ?", appPayloadId);
  if (!row || pointers.length === 0) return;
  const redacted = sized(withoutParts(row.body, pointers), row.body);
  yield* db.run("UPDATE app_payloads SET body = ? WHERE id = ?", redacted, appPayloadId);
  yield* reseal(db, "app_payloads", { column: "id", key: appPayloadId });
  db.scrub();
}

/** Who, when and what it answered stay; an endpoint's answers may repeat what it was sent. */
function* redactEvent(db: Db, { position, body }: { position: number; body: string }): Work<void> {
  const event = JSON.parse(body) as Event;
  const { id, platform_id, from, timestamp, context, standby } = event.message as InboundMessage;
  const known = { id, platform_id, from, timestamp, ...(context && { context }) };
  const message = { ...known, type: "deleted", ...(standby === true && { standby }) };
  const redacted = sized(JSON.stringify({ ...event, message }), body);
  yield* db.run("UPDATE events SET body = ? WHERE position = ?", redacted, position);
  yield* reseal(db, "events", { column: "position", key: position });
  yield* forgetAnswers(db, "event_id", event.id);
}
