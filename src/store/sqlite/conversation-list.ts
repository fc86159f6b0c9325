import { searchable } from "../../core/search.ts";
import type { Page } from "../paging.ts";
import type { ConversationFilter, ListedConversation } from "../reading.ts";
import type { Db } from "./connection.ts";
import { conversationRow, laneOf, type StoredConversation, selectConversation } from "./conversations.ts";
import { messageRow, type StoredMessage, selectMessage } from "./messages.ts";
import { type Condition, type Key, keyAfter, type Order, pageOfWalks, type Walked } from "./walk.ts";

/** How many conversations one page looks at for a name: 5 ms. */
const readsAt = 200;
/** Of more channels than this the list of all is walked, past the others'. */
const maxWalks = 20;

/** The newest first, or the one with the newest message. */
export function listConversations(db: Db, filter: ConversationFilter): Page<ListedConversation> {
  const channels = filter.channelIds && new Set(filter.channelIds);
  const owners = channels === undefined || channels.size > maxWalks ? [undefined] : [...channels];
  const walked = owners.map((channelId) => look(db, channelId, { filter, share: owners.length }));
  return pageOfWalks(walked, filter.limit, {
    order: orderOf(filter),
    key: keyOf(filter),
    shape: (rows) => rows.map((row) => listedConversation(db, row)),
  });
}

export function readListedConversation(db: Db, id: string): ListedConversation | undefined {
  const lane = laneOf(db, id);
  const row = lane && db.one<StoredConversation>(`${selectConversation} WHERE v.id = ?`, lane);
  return row ? listedConversation(db, row) : undefined;
}

const orderOf = ({ order }: ConversationFilter): Order => (order === "activity" ? "activity" : "sequence");

const keyOf =
  ({ order }: ConversationFilter) =>
  (row: StoredConversation): Key =>
    order === "activity" ? [row.last_seq, row.seq] : [row.seq, 0];

function look(
  db: Db,
  channelId: string | undefined,
  { filter, share }: { filter: ConversationFilter; share: number },
): Walked<StoredConversation> {
  const { text, limit } = filter;
  const among = channelId === undefined && filter.channelIds ? new Set(filter.channelIds) : undefined;
  const isWhole = text === undefined && among === undefined;
  const most = isWhole ? limit + 1 : Math.max(limit + 1, Math.ceil(readsAt / share));
  const part = partOf(filter, channelId);
  const rows = db.all<StoredConversation>(
    `${selectConversation} WHERE v.merged_into IS NULL AND ${part.sql} LIMIT ?`,
    ...part.values,
    most,
  );
  const wanted = text === undefined ? undefined : searchable(text);
  const found = rows.filter(
    (row) =>
      (among === undefined || among.has(row.channel_id)) &&
      (wanted === undefined || isNamed(db, row, wanted)),
  );
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

function isNamed(db: Db, { id, contact_id, chat_id }: StoredConversation, wanted: string): boolean {
  if (searchable(id) === wanted || searchable(chat_id).includes(wanted)) return true;
  if (contact_id === null) return false;
  const names = db.all<{ name: string | null }>(
    `SELECT name FROM contacts WHERE id = ?1 UNION ALL SELECT username FROM contacts WHERE id = ?1
     UNION ALL SELECT alias FROM aliases WHERE contact_id = ?1`,
    contact_id,
  );
  return names.some(({ name }) => name !== null && searchable(name).includes(wanted));
}

function listedConversation(db: Db, row: StoredConversation): ListedConversation {
  const last = db.one<StoredMessage>(`${selectMessage} WHERE m.seq = ?`, row.last_seq);
  return { ...conversationRow(db, row), ...(last && { lastMessage: messageRow(last) }) };
}
