import type { PlatformProblem } from "../../core/problem.ts";
import { GatewayError } from "../../core/problem.ts";
import type { ErasureRow } from "../erasing.ts";
import { spelling } from "../person-redaction.ts";
import { bareEvent, bareMessage } from "./bare.ts";
import { readContact } from "./contacts.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
import { eraseAnswers } from "./idempotency.ts";
import { erasePayloads } from "./payload-erasure.ts";
import { endHold, giveUp } from "./settle.ts";

/** Each has a part of the rows of its kind taken at a time, in the order of their keys. */
const phases = [
  "waiting",
  "lane",
  "groups",
  "events",
  "app_payloads",
  "payloads",
  "parked",
  "answers",
] as const;
type Phase = (typeof phases)[number];

export interface Erasing {
  contactId: string;
  channelId: string;
  at: number;
  names: Set<string>;
  lanes: readonly string[];
  /** The last key that is done of this phase. */
  position: number;
}

interface StoredErasure {
  contact_id: string;
  channel_id: string;
  asked_at: number;
  erased_at: number | null;
  phase: Phase | "gone";
  position: number;
  names: string;
  lanes: string;
  messages: number;
}

/** Where a phase has come to; undefined: it is done. `waits`: nothing can be done right now. */
export type Reached = number | undefined | "waits";

export function erasureRow(row: StoredErasure): ErasureRow {
  return {
    contactId: row.contact_id,
    channelId: row.channel_id,
    askedAt: row.asked_at,
    ...(row.erased_at !== null && { erasedAt: row.erased_at }),
    messages: row.messages,
  };
}

export function* readErasure(db: Db, contactId: string): Work<ErasureRow | undefined> {
  const row = yield* stored(db, contactId);
  return row && erasureRow(row);
}

export function* openErasures(db: Db): Work<ErasureRow[]> {
  return (yield* db.all<StoredErasure>("SELECT * FROM erasures WHERE erased_at IS NULL ORDER BY seq")).map(
    erasureRow,
  );
}

function* stored(db: Db, contactId: string): Work<StoredErasure | undefined> {
  return yield* db.one<StoredErasure>("SELECT * FROM erasures WHERE contact_id = ?", contactId);
}

/** One that is under way, or done, goes on as it is. */
export function* beginErasure(db: Db, contactId: string, at: number): Work<ErasureRow> {
  const known = yield* stored(db, contactId);
  if (known) return erasureRow(known);
  const contact = yield* readContact(db, contactId);
  if (!contact) throw new GatewayError("not_found", "There is no contact with this id.");
  const lanes = yield* lanesOf(db, contactId);
  const { channelId, aliases, username } = contact;
  const names = [...aliases, ...(username === undefined ? [] : [username])].map(spelling);
  yield* db.insert("erasures", {
    contact_id: contactId,
    channel_id: channelId,
    asked_at: at,
    phase: "waiting",
    names: JSON.stringify(names),
    lanes: JSON.stringify(lanes),
    last_payload: yield* lastOf(db, "payloads"),
    last_app_payload: yield* lastOf(db, "app_payloads"),
  });
  for (const lane of lanes) yield* db.update("conversations", lane, { contact_id: null, chat_id: "" });
  yield* db.run("DELETE FROM aliases WHERE contact_id = ?", contactId);
  yield* db.run("DELETE FROM contacts WHERE id = ?", contactId);
  return erasureRow((yield* stored(db, contactId))!);
}

function* lastOf(db: Db, place: "payloads" | "app_payloads"): Work<number> {
  return (yield* db.one<{ last: number }>(`SELECT coalesce(max(id), 0) AS last FROM ${place}`))?.last ?? 0;
}

/** The contact's lane, then those that were merged into it. */
export function* lanesOf(db: Db, contactId: string): Work<string[]> {
  const own = yield* db.all<{ id: string }>(
    `SELECT id FROM conversations WHERE contact_id = ?1
     UNION ALL SELECT id FROM conversations WHERE merged_into IN (SELECT id FROM conversations WHERE contact_id = ?1)`,
    contactId,
  );
  return own.map(({ id }) => id);
}

export function* eraseSome(db: Db, contactId: string, at: number): Work<"more" | "waits" | "gone"> {
  const row = yield* stored(db, contactId);
  if (!row || row.phase === "gone") return "gone";
  const erasing: Erasing = {
    contactId,
    channelId: row.channel_id,
    at,
    names: new Set(JSON.parse(row.names)),
    lanes: JSON.parse(row.lanes),
    position: row.position,
  };
  const reached = yield* steps[row.phase](db, erasing);
  if (reached === "waits") return "waits";
  const phase = reached === undefined ? (phases[phases.indexOf(row.phase) + 1] ?? "gone") : row.phase;
  const isGone = phase === "gone";
  yield* db.run(
    "UPDATE erasures SET phase = ?, position = ?, names = ?, lanes = ? WHERE contact_id = ?",
    phase,
    reached ?? 0,
    isGone ? "[]" : JSON.stringify([...erasing.names]),
    isGone ? "[]" : row.lanes,
    contactId,
  );
  return isGone ? "gone" : "more";
}

const steps: Record<Phase, (db: Db, erasing: Erasing) => Work<Reached>> = {
  waiting: endWaiting,
  lane: eraseLane,
  groups: eraseInGroups,
  events: eraseEvents,
  payloads: (db, erasing) => erasePayloads(db, "payloads", erasing),
  app_payloads: (db, erasing) => erasePayloads(db, "app_payloads", erasing),
  parked: dropParked,
  answers: eraseAnswers,
};

const atATime = 50;
const walkedAtATime = 1_000;

const forgotten: PlatformProblem = {
  code: "contact_erased",
  message: "The contact was erased before this was sent.",
};

/** What waits for them never leaves; of what is under way the answer is waited for, and of what is held no more. */
function* endWaiting(db: Db, { lanes, at }: Erasing): Work<Reached> {
  const ofLanes = yield* each(lanes, (lane) =>
    db.all<{ id: string; message_id: string; state: string; unanswered: number }>(
      `SELECT id, message_id, state, unanswered FROM calls
       WHERE conversation_id = ? AND state IN ('queued', 'sending', 'held') ORDER BY message_seq, position LIMIT ?`,
      lane,
      atATime,
    ),
  );
  const open = ofLanes.flat();
  if (open.length === 0) return undefined;
  const waiting = open.filter(({ state }) => state !== "sending");
  for (const { id, message_id, unanswered } of waiting) {
    if (unanswered > 0) yield* endHold(db, id, { verdict: { as: "unknown" }, at });
    yield* giveUp(db, message_id, { as: "cancelled", problem: forgotten, at, source: "person" });
  }
  return waiting.length === 0 ? "waits" : 0;
}

/** Messages of their own conversation, both ways. Under which address is learned, for it may be a former one. */
function* eraseLane(db: Db, erasing: Erasing): Work<Reached> {
  const { lanes, at, names, position } = erasing;
  // Those of merged lanes have moved to the first.
  const rows = yield* db.all<{ seq: number; id: string; address: string }>(
    `SELECT seq, id, address FROM messages WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ${atATime}`,
    lanes[0] ?? "",
    position,
  );
  for (const { id, address } of rows) {
    if (address !== "") names.add(spelling(address));
    yield* bareMessage(db, { id, at, isPersonal: true });
  }
  yield* count(db, erasing, rows.length);
  return rows.at(-1)?.seq;
}

/** What they said in groups, and nobody else. */
function* eraseInGroups(db: Db, erasing: Erasing): Work<Reached> {
  const { at } = erasing;
  const { said, last } = yield* saidInGroups(db, erasing);
  const done = said.slice(0, atATime);
  for (const { id } of done) {
    const events = "SELECT position, body FROM events WHERE message_id = ?";
    for (const event of yield* db.all<{ position: number; body: string }>(events, id))
      yield* bareEvent(db, event);
    yield* bareMessage(db, { id, at, isPersonal: true });
  }
  yield* count(db, erasing, done.length);
  return said.length > done.length ? done.at(-1)?.seq : last;
}

/** What somebody said in groups, among the next messages of the channel. `last`: the last of those; undefined: none is left. */
export function* saidInGroups(
  db: Db,
  {
    channelId,
    names,
    lanes,
    position,
  }: Pick<Erasing, "channelId" | "lanes" | "position"> & {
    names: ReadonlySet<string>;
  },
): Work<{ said: { seq: number; id: string }[]; last: number | undefined }> {
  const groups = "SELECT 1 FROM conversations WHERE channel_id = ? AND chat_type <> 'private' LIMIT 1";
  if (!(yield* db.one(groups, channelId))) return { said: [], last: undefined };
  const rows = yield* db.all<{ seq: number; id: string; direction: string; address: string; lane: string }>(
    `SELECT seq, id, direction, address, conversation_id AS lane FROM messages WHERE channel_id = ? AND seq > ?
     ORDER BY seq LIMIT ${walkedAtATime}`,
    channelId,
    position,
  );
  const said = rows.filter(
    ({ direction, address, lane }) =>
      direction === "in" && names.has(spelling(address)) && !lanes.includes(lane),
  );
  return { said, last: rows.at(-1)?.seq };
}

function* eraseEvents(db: Db, { lanes, position }: Erasing): Work<Reached> {
  const rows = yield* eventsIn(db, lanes, { after: position, limit: atATime });
  for (const row of rows) yield* bareEvent(db, row);
  for (const lane of lanes) yield* db.run("DELETE FROM echoes WHERE conversation_id = ?", lane);
  return rows.at(-1)?.position;
}

/** The next events of some lanes, each found by its index, however many there are. */
export function* eventsIn(
  db: Db,
  lanes: readonly string[],
  { after, limit }: { after: number; limit: number },
): Work<{ position: number; id: string; body: string }[]> {
  const sql =
    "SELECT position, id, body FROM events WHERE conversation_id = ? AND position > ? ORDER BY position LIMIT ?";
  const ofLanes = yield* each(lanes, (lane) =>
    db.all<{ position: number; id: string; body: string }>(sql, lane, after, limit),
  );
  const rows = ofLanes.flat();
  return rows.sort((a, b) => a.position - b.position).slice(0, limit);
}

/** What a platform said of calls that nobody knows, and names them. */
function* dropParked(db: Db, { channelId, names }: Erasing): Work<Reached> {
  const rows = yield* db.all<{ platform_id: string; aliases: string }>(
    "SELECT DISTINCT platform_id, aliases FROM parked WHERE channel_id = ? AND aliases IS NOT NULL",
    channelId,
  );
  for (const { platform_id, aliases } of rows) {
    if (!(JSON.parse(aliases) as string[]).some((alias) => names.has(spelling(alias)))) continue;
    yield* db.run("DELETE FROM parked WHERE channel_id = ? AND platform_id = ?", channelId, platform_id);
  }
  return undefined;
}

function* count(db: Db, { contactId }: Erasing, messages: number): Work<void> {
  yield* db.run("UPDATE erasures SET messages = messages + ? WHERE contact_id = ?", messages, contactId);
}
