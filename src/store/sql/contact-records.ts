import type { ContactRecord } from "../erasing.ts";
import { partsOf, spelling } from "../person-redaction.ts";
import type { ContactRow } from "../rows.ts";
import { eventsIn, lanesOf, saidInGroups } from "./contact-erasure.ts";
import { readContact } from "./contacts.ts";
import { readConversation } from "./conversations.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
import { firstBodies } from "./first-bodies.ts";
import { theirsIn } from "./payload-erasure.ts";
import { detail } from "./reading.ts";

const kinds = ["contact", "messages", "groups", "events", "webhooks"] as const;
type Kind = (typeof kinds)[number];
const atATime = { messages: 50, events: 100, webhooks: 200 };
/** Of bodies so many bytes at a time, but for one alone: parsing them takes some ms. */
const maxBytes = 256 * 1024;

interface Place {
  contact: ContactRow;
  lanes: string[];
  /** As payloads spell them. */
  names: ReadonlySet<string>;
  after: number;
}

interface Found {
  records: ContactRecord[];
  /** The last key looked at; undefined: there is no more of the kind. */
  last: number | undefined;
}

/** Some of what is stored of a contact. `after` is the kind and the key to go on with: `events:17`. */
export function* recordsOf(
  db: Db,
  contactId: string,
  after: string = `${kinds[0]}:0`,
): Work<{ records: ContactRecord[]; next: string | undefined }> {
  const contact = yield* readContact(db, contactId);
  if (!contact) return { records: [], next: undefined };
  const [name, key] = after.split(":");
  const kind = kinds.find((one) => one === name) ?? kinds[0];
  const { records, last } = yield* readers[kind](db, {
    contact,
    lanes: yield* lanesOf(db, contactId),
    names: new Set(contact.aliases.map(spelling)),
    after: Number(key),
  });
  const following = kinds[kinds.indexOf(kind) + 1];
  const next = last !== undefined ? `${kind}:${last}` : following && `${following}:0`;
  return { records, next };
}

const readers: Record<Kind, (db: Db, place: Place) => Work<Found>> = {
  contact: readWho,
  messages: readMessages,
  groups: readInGroups,
  events: readEvents,
  webhooks: readWebhooks,
};

function* readWho(db: Db, { contact, lanes }: Place): Work<Found> {
  const own = lanes[0] === undefined ? undefined : yield* readConversation(db, lanes[0]);
  const { id, aliases, name, username, language, blocked } = contact;
  const known = { kind: "contact", id, addresses: aliases, name, username, language, blocked };
  const conversation = own && {
    kind: "conversation",
    id: own.id,
    chat: own.chat,
    created_at: own.createdAt,
    last_inbound_at: own.lastInboundAt,
  };
  return { records: [known, ...(conversation ? [conversation] : [])], last: undefined };
}

/** Of their conversation, both ways. */
function* readMessages(db: Db, { lanes, after }: Place): Work<Found> {
  const rows = yield* db.all<{ seq: number; id: string }>(
    `SELECT seq, id FROM messages WHERE conversation_id = ? AND seq > ? ORDER BY seq LIMIT ${atATime.messages}`,
    lanes[0] ?? "",
    after,
  );
  return { records: yield* each(rows, ({ id }) => messageRecord(db, id)), last: rows.at(-1)?.seq };
}

function* readInGroups(db: Db, { contact, names, lanes, after }: Place): Work<Found> {
  const { channelId } = contact;
  const { said, last } = yield* saidInGroups(db, { channelId, names, lanes, position: after });
  const eventOf = "SELECT position, id, body FROM events WHERE message_id = ? ORDER BY position";
  const shown = said.slice(0, atATime.messages);
  const records: ContactRecord[] = [];
  for (const { id } of shown) {
    const events = yield* db.all<StoredEvent>(eventOf, id);
    records.push(yield* messageRecord(db, id), ...(yield* each(events, (row) => eventRecord(db, row))));
  }
  return { records, last: said.length > shown.length ? shown.at(-1)?.seq : last };
}

function* readEvents(db: Db, { lanes, after }: Place): Work<Found> {
  const rows = yield* eventsIn(db, lanes, { after, limit: atATime.events });
  return { records: yield* each(rows, (row) => eventRecord(db, row)), last: rows.at(-1)?.position };
}

function* messageRecord(db: Db, id: string): Work<ContactRecord> {
  return { kind: "message", ...(yield* detail(db, id)) };
}

interface StoredEvent {
  id: string;
  body: string;
}

function* eventRecord(db: Db, { id, body }: StoredEvent): Work<ContactRecord> {
  const attempts = `SELECT d.endpoint_id AS endpoint, a.at, a.http_status, a.error, a.answer
    FROM deliveries d JOIN delivery_attempts a ON a.delivery_id = d.id WHERE d.event_id = ? ORDER BY a.seq`;
  return { kind: "event", event: JSON.parse(body), attempts: yield* db.all(attempts, id) };
}

/** Of what platforms posted, only the parts that name the contact: the rest is other people's. */
function* readWebhooks(db: Db, { contact, names, after }: Place): Work<Found> {
  const rows = yield* firstBodies<{ id: number; received_at: number; body: string }>(db, {
    from: "payloads WHERE channel_id = ? AND id > ?",
    of: [contact.channelId, after],
    batch: { limit: atATime.webhooks, maxBytes },
  });
  const records: ContactRecord[] = [];
  for (const { received_at, body } of rows) {
    const parts = partsOf(body, yield* theirsIn(db, body, { channelId: contact.channelId, names }));
    if (parts.length > 0) records.push({ kind: "webhook", received_at, parts });
  }
  return { records, last: rows.at(-1)?.id };
}
