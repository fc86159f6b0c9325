import { searchable } from "../../core/search.ts";
import type { Page } from "../paging.ts";
import type { ConversationFilter, ListedConversation } from "../reading.ts";
import { conversationRow, laneOf, type StoredConversation, selectConversation } from "./conversations.ts";
import type { Db, Work } from "./db.ts";
import { chosen, each } from "./each.ts";
import { messageRow, type StoredMessage, selectMessage } from "./messages.ts";
import { type Condition, type Key, keyAfter, type Order, pageOfWalks, type Walked } from "./walk.ts";

/** How many conversations one page looks at for a name: 5 ms. */
const readsAt = 200;
/** Of more channels than this the list of all is walked, past the others'. */
const maxWalks = 20;

/** The newest first, or the one with the newest message. */
export function* listConversations(db: Db, filter: ConversationFilter): Work<Page<ListedConversation>> {
  const channels = filter.channelIds && new Set(filter.channelIds);
  const owners = channels === undefined || channels.size > maxWalks ? [undefined] : [...channels];
  const walked = yield* each(owners, (channelId) => look(db, channelId, { filter, share: owners.length }));
  const page = pageOfWalks(walked, filter.limit, { order: orderOf(filter), key: keyOf(filter) });
  return { ...page, rows: yield* each(page.rows, (row) => listedConversation(db, row)) };
}

export function* readListedConversation(db: Db, id: string): Work<ListedConversation | undefined> {
  const lane = yield* laneOf(db, id);
  const row = lane && (yield* db.one<StoredConversation>(`${selectConversation} WHERE v.id = ?`, lane));
  return row ? yield* listedConversation(db, row) : undefined;
}

const orderOf = ({ order }: ConversationFilter): Order => (order === "activity" ? "activity" : "sequence");

const keyOf =
  ({ order }: ConversationFilter) =>
  (row: StoredConversation): Key =>
    order === "activity" ? [row.last_seq, row.seq] : [row.seq, 0];

function* look(
  db: Db,
  channelId: string | undefined,
  { filter, share }: { filter: ConversationFilter; share: number },
): Work<Walked<StoredConversation>> {
  const { text, limit } = filter;
  const among = channelId === undefined && filter.channelIds ? new Set(filter.channelIds) : undefined;
  const isWhole = text === undefined && among === undefined;
  const most = isWhole ? limit + 1 : Math.max(limit + 1, Math.ceil(readsAt / share));
  const part = partOf(filter, channelId);
  const rows = yield* db.all<StoredConversation>(
    `${selectConversation} WHERE v.merged_into IS NULL AND ${part.sql} LIMIT ?`,
    ...part.values,
    most,
  );
  const wanted = text === undefined ? undefined : searchable(text);
  const own = rows.filter((row) => among === undefined || among.has(row.channel_id));
  const found = wanted === undefined ? own : yield* chosen(own, (row) => isNamed(db, row, wanted));
  const last = rows.length === most ? rows.at(-1) : undefined;
  const floor = found.length > limit ? found[limit] : last;
  return { rows: found, ...(floor && { floor: keyOf(filter)(floor) }) };
}

function partOf(filter: ConversationFilter, channelId: string | undefined): Condition {
  const [first, second] = keyAfter(filter.after, orderOf(filter));
  const owner =
    channelId === undefined ? { sql: "", values: [] } : { sql: "v.channel_id = ? AND ", values: [channelId] };
  return filter.order === "activity"
    ? {
        sql: `${owner.sql}(v.last_seq, v.seq) < (?, ?) ORDER BY v.last_seq DESC, v.seq DESC`,
        values: [...owner.values, first, second],
      }
    : { sql: `${owner.sql}v.seq < ? ORDER BY v.seq DESC`, values: [...owner.values, first] };
}

function* isNamed(db: Db, { id, contact_id, chat_id }: StoredConversation, wanted: string): Work<boolean> {
  if (searchable(id) === wanted || searchable(chat_id).includes(wanted)) return true;
  if (contact_id === null) return false;
  const names = yield* db.all<{ name: string | null }>(
    `SELECT name FROM contacts WHERE id = ?1 UNION ALL SELECT username FROM contacts WHERE id = ?1
     UNION ALL SELECT alias FROM aliases WHERE contact_id = ?1`,
    contact_id,
  );
  return names.some(({ name }) => name !== null && searchable(name).includes(wanted));
}

function* listedConversation(db: Db, row: StoredConversation): Work<ListedConversation> {
  const last = yield* db.one<StoredMessage>(`${selectMessage} WHERE m.seq = ?`, row.last_seq);
  return { ...(yield* conversationRow(db, row)), ...(last && { lastMessage: messageRow(last) }) };
}
