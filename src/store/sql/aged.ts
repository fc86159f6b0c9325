import type { Event } from "../../core/event.ts";
import type { AgedPart, AgedPlace, Ages } from "../retaining.ts";
import { bareEvent, bareMessage } from "./bare.ts";
import { reseal } from "./checksum.ts";
import type { Db, Work } from "./db.ts";

const walkedAtATime = 500;
const droppedAtATime = 80;

/** A row as a walk meets it. */
interface Met {
  key: number;
  /** When it came into being, by the wall clock. */
  at: number;
}

interface Dropping {
  /** Nothing of it is to be left; else the content alone goes. */
  isRecord: boolean;
  at: number;
  wholeBefore: number;
}

/** Walks the rows of one kind in the order of their keys. */
export interface Walk<Row extends Met> {
  rows(db: Db, after: number, limit: number): Work<Row[]>;
  /** Takes what there is to take from an old row; false: there was nothing, or it must stay. */
  drop(db: Db, row: Row, as: Dropping): Work<boolean>;
}

export interface AgedMessage extends Met {
  id: string;
  status: string;
  erased_at: number | null;
  blocks: number | null;
}

/** Sent or ended, and nothing waits for it. What is unknown waits for a person, but not longer than its records are kept. */
const endedStatuses = new Set(
  "sent delivered read failed expired cancelled received edited deleted".split(" "),
);

export const messagesOf = (channelId: string): Walk<AgedMessage> => ({
  rows: (db, after, limit) =>
    db.all<AgedMessage>(
      `SELECT seq AS key, created_at AS at, id, status, erased_at, blocks FROM messages
       WHERE channel_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
      channelId,
      after,
      limit,
    ),
  drop: function* (db, row, { isRecord, at, wholeBefore }) {
    const isEnded = endedStatuses.has(row.status) || (isRecord && row.status === "unknown");
    if (!isEnded || row.blocks === 1 || (!isRecord && row.erased_at !== null)) return false;
    const open =
      "SELECT 1 FROM calls WHERE message_id = ? AND state IN ('queued', 'sending', 'held') LIMIT 1";
    if (yield* db.one(open, row.id)) return false;
    if (isRecord) yield* deleteMessage(db, row.id, wholeBefore);
    else yield* bareMessage(db, { id: row.id, at, isPersonal: false });
    return true;
  },
});

function* deleteMessage(db: Db, id: string, wholeBefore: number): Work<void> {
  for (const table of ["attempts", "receipts"])
    yield* db.run(`DELETE FROM ${table} WHERE call_id IN (SELECT id FROM calls WHERE message_id = ?)`, id);
  if (!db.goesByDay(id, wholeBefore)) yield* db.run("DELETE FROM history WHERE message_id = ?", id);
  for (const table of ["calls", "platform_ids", "message_payloads"])
    yield* db.run(`DELETE FROM ${table} WHERE message_id = ?`, id);
  yield* db.run("DELETE FROM messages WHERE id = ?", id);
}

interface AgedEvent extends Met {
  id: string;
  body: string;
}

export const eventsOf = (channelId: string | null): Walk<AgedEvent> => ({
  rows: function* (db, after, limit) {
    const rows = yield* db.all<Omit<AgedEvent, "at">>(
      `SELECT position AS key, id, body FROM events
       WHERE ${channelId === null ? "channel_id IS NULL" : "channel_id = ?"} AND position > ? ORDER BY position LIMIT ?`,
      ...(channelId === null ? [] : [channelId]),
      after,
      limit,
    );
    return rows.map((row) => ({ ...row, at: timeIn(row.body) }));
  },
  drop: function* (db, { key, id, body }, { isRecord, wholeBefore }) {
    if (yield* db.one("SELECT 1 FROM deliveries WHERE event_id = ? AND state = 'pending' LIMIT 1", id))
      return false;
    if (!isRecord) return yield* bareEvent(db, { position: key, body });
    yield* dropDeliveries(db, { column: "event_id", key: id, wholeBefore });
    return (yield* db.run("DELETE FROM events WHERE position = ?", key)) > 0;
  },
});

/** Not a number: it is damaged, and nobody knows how old it is. */
function timeIn(body: string): number {
  try {
    return Date.parse((JSON.parse(body) as Event).timestamp);
  } catch {
    return Number.NaN;
  }
}

interface DroppedDeliveries {
  column: "event_id" | "payload_id" | "app_payload_id";
  key: string | number;
  wholeBefore: number;
}

/** Their attempts by the id of each, so that no other day is looked into. */
function* dropDeliveries(db: Db, { column, key, wholeBefore }: DroppedDeliveries): Work<void> {
  for (const { id } of yield* db.all<{ id: string }>(`SELECT id FROM deliveries WHERE ${column} = ?`, key))
    if (!db.goesByDay(id, wholeBefore))
      yield* db.run("DELETE FROM delivery_attempts WHERE delivery_id = ?", id);
  yield* db.run(`DELETE FROM deliveries WHERE ${column} = ?`, key);
}

interface AgedBody extends Met {
  isEmpty: number;
}

/** What platforms posted, once it is read, and told raw to whom it is to be. */
export const payloadsOf = (channelId: string): Walk<AgedBody> => ({
  rows: (db, after, limit) =>
    db.all<AgedBody>(
      `SELECT id AS key, received_at AS at, body = '' AS "isEmpty" FROM payloads
       WHERE channel_id = ? AND id > ? AND digested_at >= 0 ORDER BY id LIMIT ?`,
      channelId,
      after,
      limit,
    ),
  drop: (db, row, dropping) => dropBody(db, row, { ...dropping, table: "payloads" }),
});

export const appPayloads: Walk<AgedBody> = {
  rows: (db, after, limit) =>
    db.all<AgedBody>(
      `SELECT id AS key, received_at AS at, body = '' AS "isEmpty" FROM app_payloads
       WHERE id > ? AND routed_at >= 0 ORDER BY id LIMIT ?`,
      after,
      limit,
    ),
  drop: function* (db, row, dropping) {
    const isHeld = yield* db.one("SELECT 1 FROM payloads WHERE app_payload_id = ? LIMIT 1", row.key);
    return yield* dropBody(db, row, {
      ...dropping,
      table: "app_payloads",
      isRecord: dropping.isRecord && !isHeld,
    });
  },
};

function* dropBody(
  db: Db,
  { key, isEmpty }: AgedBody,
  { table, isRecord, wholeBefore }: Dropping & { table: "payloads" | "app_payloads" },
): Work<boolean> {
  const [parts, holder] =
    table === "payloads"
      ? (["unknown_parts", "payload_id"] as const)
      : (["unrouted_parts", "app_payload_id"] as const);
  const waits = `SELECT 1 FROM deliveries WHERE ${holder} = ? AND state = 'pending' LIMIT 1`;
  if ((!isRecord && isEmpty === 1) || (yield* db.one(waits, key))) return false;
  yield* db.run(`UPDATE ${table} SET body = '', signature = NULL WHERE id = ?`, key);
  yield* reseal(db, table, { column: "id", key });
  if (!isRecord) return true;
  yield* dropDeliveries(db, { column: holder, key, wholeBefore });
  yield* db.run(`DELETE FROM ${parts} WHERE ${holder} = ?`, key);
  return (yield* db.run(`DELETE FROM ${table} WHERE id = ?`, key)) > 0;
}

/** What a part came to, and where the next goes on; undefined: it is over. */
export interface Dropped<Key> {
  dropped: number;
  after: Key | undefined;
}

/** One part of a walk: it ends when it comes to where nothing is old. */
export function* walkSome<Row extends Met>(
  db: Db,
  walk: Walk<Row>,
  { ages, after }: { ages: Ages; after: number },
): Work<Dropped<number>> {
  const { at, contentBefore = 0, recordsBefore = 0, wholeBefore = 0 } = ages;
  const oldest = Math.max(contentBefore, recordsBefore);
  const rows = yield* walk.rows(db, after, walkedAtATime);
  let dropped = 0;
  let last = after;
  for (const row of rows) {
    if (dropped === droppedAtATime) return { dropped, after: last };
    last = row.key;
    const dropping = { isRecord: row.at < recordsBefore, at, wholeBefore };
    if (row.at < oldest && (yield* walk.drop(db, row, dropping))) dropped++;
  }
  const isOver = rows.length < walkedAtATime || rows.every((row) => row.at >= oldest);
  return { dropped, after: isOver ? undefined : last };
}

/** Some of a round through several kinds, each with what takes a part of it. */
export function* roundSome(
  kinds: Readonly<Record<string, (after: string) => Work<Dropped<string>>>>,
  from: AgedPlace | undefined,
): Work<AgedPart> {
  const names = Object.keys(kinds);
  const { kind, after } = from ?? { kind: names[0]!, after: "" };
  const part = yield* kinds[kind]!(after);
  if (part.after !== undefined) return { dropped: part.dropped, next: { kind, after: part.after } };
  const following = names[names.indexOf(kind) + 1];
  return { dropped: part.dropped, ...(following !== undefined && { next: { kind: following, after: "" } }) };
}
