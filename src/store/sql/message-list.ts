import { says, searchable } from "../../core/search.ts";
import type { Page } from "../paging.ts";
import type { MessageFilter } from "../reading.ts";
import type { MessageRow } from "../rows.ts";
import { listOf } from "./columns.ts";
import { laneOf } from "./conversations.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
import { messageRow, type StoredMessage, selectMessage } from "./messages.ts";
import { type Condition, compareKeys, type Key, keyAfter, pageOfWalks, type Walked } from "./walk.ts";

/** How many entries of an index one page looks at: 5 ms; where texts are read, that of the second. */
const looksAt = 5_000;
const readsAt = 500;
/** Of more channels than this the list of all is walked, past the others': each walk of their own looks at some rows at least. */
const maxWalks = 20;

/** These are few among all: an index by status leads to them at once. */
const rare = new Set([
  "accepted",
  "sending",
  "failed",
  "unknown",
  "expired",
  "cancelled",
  "edited",
  "deleted",
]);

interface Found {
  seq: number;
  at: number;
  content: string;
}

interface Walk {
  /** What its index begins with. */
  along: Condition;
  isByTime: boolean;
}

/** Newest first, by acceptance or, where a time is given, by the messages' own time. */
export function* listMessages(db: Db, filter: MessageFilter): Work<Page<MessageRow>> {
  const walks = yield* walksOf(db, filter);
  const walked = yield* each(walks, (walk) => look(db, walk, { filter, share: walks.length }));
  const isByTime = walks[0]?.isByTime === true;
  const page = pageOfWalks(walked, filter.limit, { order: orderOf(isByTime), key: keyOf(isByTime) });
  const rows = yield* each(page.rows, ({ seq }) => readListed(db, seq));
  return { ...page, rows: rows.flat() };
}

const orderOf = (isByTime: boolean) => (isByTime ? "time" : "sequence");

const keyOf = (isByTime: boolean) => (row: Found) =>
  isByTime ? ([row.at, row.seq] as const) : ([row.seq, 0] as const);

/** Along the index that leads past the least of what is not wanted. */
function* walksOf(db: Db, filter: MessageFilter): Work<Walk[]> {
  const { conversationId, contact, status, kind, channelIds, since, until } = filter;
  const along = (column: string, values: readonly string[]) =>
    values.map((value) => ({ along: { sql: `m.${column} = ?`, values: [value] }, isByTime: false }));
  if (conversationId !== undefined)
    return along("conversation_id", [(yield* laneOf(db, conversationId)) ?? conversationId]);
  if (contact !== undefined) return along("conversation_id", yield* lanesWith(db, contact));
  if (status !== undefined && rare.has(status)) return along("status", [status]);
  if (since !== undefined || until !== undefined) {
    return [{ along: { sql: "m.created_at >= ?", values: [since ?? 0] }, isByTime: true }];
  }
  if (kind !== undefined) return along("kind", [kind]);
  const channels = new Set(channelIds);
  if (channelIds !== undefined && channels.size <= maxWalks) return along("channel_id", [...channels]);
  if (status !== undefined) return along("status", [status]);
  return [{ along: { sql: "1 = 1", values: [] }, isByTime: false }];
}

/** The conversations with one person: by the contact's id, or by an address in every channel that knows it. */
function* lanesWith(db: Db, contact: string): Work<string[]> {
  const sql = `SELECT id FROM conversations WHERE contact_id = ?1 UNION
    SELECT v.id FROM channels ch CROSS JOIN aliases a ON a.channel_id = ch.id AND a.alias = ?1
    CROSS JOIN conversations v ON v.contact_id = a.contact_id`;
  return (yield* db.all<{ id: string }>(sql, contact)).map(({ id }) => id);
}

function* look(
  db: Db,
  walk: Walk,
  { filter, share }: { filter: MessageFilter; share: number },
): Work<Walked<Found>> {
  const wanted = filter.text === undefined ? undefined : searchable(filter.text);
  const most =
    wanted === undefined
      ? Math.max(filter.limit + 1, Math.ceil(looksAt / share))
      : Math.ceil(readsAt / share);
  const order = walk.isByTime ? "m.created_at DESC, m.seq DESC" : "m.seq DESC";
  const from = below(walk, startOf(walk, filter));
  const last = yield* db.one<Found>(
    `SELECT m.seq, m.created_at AS at FROM messages m WHERE ${from.sql} ORDER BY ${order} LIMIT 1 OFFSET ?`,
    ...from.values,
    most - 1,
  );
  const end = last && keyOf(walk.isByTime)(last);
  const down = end ? downTo(walk, end) : everything;
  const fits = conditionOf(filter);
  const rows = yield* db.all<Found>(
    `SELECT m.seq, m.created_at AS at, ${wanted === undefined ? "''" : "m.content"} AS content
     FROM messages m WHERE ${from.sql} AND ${down.sql} AND ${fits.sql} ORDER BY ${order} LIMIT ?`,
    ...from.values,
    ...down.values,
    ...fits.values,
    wanted === undefined ? filter.limit + 1 : most,
  );
  const found = wanted === undefined ? rows : rows.filter(({ content }) => isSaid(content, wanted));
  const floor = found.length > filter.limit ? keyOf(walk.isByTime)(found[filter.limit]!) : end;
  return { rows: found, ...(floor && { floor }) };
}

const everything: Condition = { sql: "1 = 1", values: [] };

/** Below the cursor, and below the end of the time that is wished for. */
function startOf({ isByTime }: Walk, { after, until }: MessageFilter): Key {
  const key = keyAfter(after, orderOf(isByTime));
  const end: Key | undefined = isByTime && until !== undefined ? [until, 0] : undefined;
  return end && compareKeys(end, key) < 0 ? end : key;
}

function below(walk: Walk, start: Key): Condition {
  const { along, isByTime } = walk;
  return isByTime
    ? { sql: `${along.sql} AND (m.created_at, m.seq) < (?, ?)`, values: [...along.values, ...start] }
    : { sql: `${along.sql} AND m.seq < ?`, values: [...along.values, start[0]] };
}

function downTo({ isByTime }: Walk, [first, second]: Key): Condition {
  return isByTime
    ? { sql: "(m.created_at, m.seq) >= (?, ?)", values: [first, second] }
    : { sql: "m.seq >= ?", values: [first] };
}

/** All that is wished for, also what the index had: it costs nothing. A + keeps SQLite from walking another index. */
function conditionOf(filter: MessageFilter): Condition {
  const { channelIds, status, direction, kind, since, until } = filter;
  const given: [string, string | number | undefined][] = [
    ["+m.status = ?", status],
    ["+m.direction = ?", direction],
    ["+m.kind = ?", kind],
    ["+m.created_at >= ?", since],
    ["+m.created_at < ?", until],
  ];
  const present = given.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const channels = channelIds && listOf(channelIds);
  const own = channels ? [`+m.channel_id IN ${channels.sql}`] : [];
  return {
    sql: ["1 = 1", ...present.map(({ sql }) => sql), ...own].join(" AND "),
    values: [...present.map(({ value }) => value), ...(channels?.values ?? [])],
  };
}

function isSaid(content: string, wanted: string): boolean {
  try {
    return says(JSON.parse(content), wanted);
  } catch {
    // Damaged on the disk: it says nothing that could be believed.
    return false;
  }
}

function* readListed(db: Db, seq: number): Work<MessageRow[]> {
  const row = yield* db.one<StoredMessage>(`${selectMessage} WHERE m.seq = ?`, seq);
  return row ? [yield* withContact(db, messageRow(row))] : [];
}

/** With whom it was said, where that is one person who is known. */
export function* withContact(db: Db, message: MessageRow): Work<MessageRow> {
  const who = yield* db.one<{ id: string; name: string | null; username: string | null }>(
    "SELECT c.id, c.name, c.username FROM conversations v JOIN contacts c ON c.id = v.contact_id WHERE v.id = ?",
    message.conversationId,
  );
  if (!who) return message;
  const { id, name, username } = who;
  const contact = { id, ...(name !== null && { name }), ...(username !== null && { username }) };
  return { ...message, contact };
}
