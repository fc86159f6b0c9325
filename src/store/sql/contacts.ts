import type { Person } from "../../core/platform.ts";
import type { ContactRow } from "../rows.ts";
import { listOf } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { mergeLanes } from "./lane-merge.ts";

interface StoredContact {
  seq: number;
  id: string;
  channel_id: string;
  name: string | null;
  username: string | null;
  language: string | null;
  blocked: number;
}

/** Aliases as a platform lists them; `first`: the platform's own order, so its first is the one to answer to. */
interface Naming {
  channelId: string;
  aliases: readonly string[];
  first?: boolean;
}

export function* readContact(db: Db, id: string): Work<ContactRow | undefined> {
  const sql =
    "SELECT c.*, a.alias FROM contacts c LEFT JOIN aliases a ON a.contact_id = c.id WHERE c.id = ? ORDER BY a.rank";
  const rows = yield* db.all<StoredContact & { alias: string | null }>(sql, id);
  const [row] = rows;
  if (!row) return undefined;
  return {
    id: row.id,
    channelId: row.channel_id,
    aliases: rows.flatMap(({ alias }) => (alias === null ? [] : [alias])),
    ...(row.name !== null && { name: row.name }),
    ...(row.username !== null && { username: row.username }),
    ...(row.language !== null && { language: row.language }),
    blocked: row.blocked === 1,
  };
}

/** The id of the contact that goes by any of these names; the oldest, where they are still several. */
export function* findContact(db: Db, naming: Naming): Work<string | undefined> {
  return oldestFirst(yield* holders(db, naming))[0];
}

/** The conversation that the contact of these names has in private. */
export function* findLane(db: Db, naming: Naming): Work<string | null> {
  const held = yield* holders(db, naming);
  return held.reduce((oldest, one) => (one.seq < oldest.seq ? one : oldest), held[0] ?? nobody).lane;
}

/** The contact of these names, made if new. Names that point at several make them one: the oldest stays. */
export function* resolveContact(db: Db, naming: Naming): Work<string> {
  return (yield* resolvePerson(db, naming)).id;
}

/** The same, with the conversation that the contact has in private, if there is one. */
export function* resolvePerson(db: Db, naming: Naming): Work<{ id: string; lane: string | null }> {
  const held = yield* holders(db, naming);
  const [oldest, ...others] = oldestFirst(held);
  const id = oldest ?? (yield* makeContact(db, naming.channelId));
  for (const other of others) yield* mergeContacts(db, id, other);
  if (others.length > 0 || !isNamedSo(held, naming)) yield* nameContact(db, id, naming);
  const lane = others.length > 0 ? yield* privateLane(db, id) : (held[0]?.lane ?? null);
  return { id, lane };
}

/** Two contacts that became one may have had a lane each. */
function* privateLane(db: Db, contactId: string): Work<string | null> {
  const sql = "SELECT id FROM conversations WHERE contact_id = ?";
  return (yield* db.one<{ id: string }>(sql, contactId))?.id ?? null;
}

/** Gives a contact more names; whoever held one of them turns out to be the same person. */
export function* joinAliases(db: Db, contactId: string, naming: Naming): Work<string> {
  return yield* resolveContact(db, {
    ...naming,
    aliases: [...(yield* aliasesOf(db, contactId)), ...naming.aliases],
  });
}

/** Takes names away from a contact, so that whoever goes by one of them next is a stranger. */
export function* forgetAliases(db: Db, contactId: string, naming: Naming): Work<void> {
  const kept = (yield* aliasesOf(db, contactId)).filter((alias) => !naming.aliases.includes(alias));
  yield* db.run("DELETE FROM aliases WHERE contact_id = ?", contactId);
  yield* nameContact(db, contactId, { ...naming, aliases: kept });
}

/** What the platform tells of a person replaces what was known. */
export function* learn(db: Db, contactId: string, person: Person): Work<void> {
  const told = { name: person.name, username: person.username, language: person.language };
  const given = Object.entries(told).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return;
  const values = given.map(([, value]) => value);
  const columns = given.map(([column]) => column);
  yield* db.run(
    `UPDATE contacts SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?
     AND (${columns.map((column) => `${column} IS DISTINCT FROM ?`).join(" OR ")})`,
    ...values,
    contactId,
    ...values,
  );
}

function* aliasesOf(db: Db, contactId: string): Work<string[]> {
  const sql = "SELECT alias FROM aliases WHERE contact_id = ? ORDER BY rank";
  return (yield* db.all<{ alias: string }>(sql, contactId)).map((row) => row.alias);
}

/** Who goes by a name, as the how manieth of theirs, and the conversation that they have in private. */
interface Holder {
  alias: string;
  rank: number;
  seq: number;
  id: string;
  lane: string | null;
}

const nobody = { seq: 0, lane: null };

function* holders(db: Db, { channelId, aliases }: Naming): Work<Holder[]> {
  if (aliases.length === 0) return [];
  const names = listOf(aliases);
  return yield* db.all<Holder>(
    `SELECT a.alias, a.rank, c.seq, c.id, v.id AS lane
     FROM aliases a CROSS JOIN contacts c ON c.id = a.contact_id LEFT JOIN conversations v ON v.contact_id = c.id
     WHERE a.channel_id = ? AND a.alias IN ${names.sql}`,
    channelId,
    ...names.values,
  );
}

function oldestFirst(held: Holder[]): string[] {
  return [...new Set(held.toSorted((a, b) => a.seq - b.seq).map(({ id }) => id))];
}

/** Whether a contact has all these names already, and in their order where that counts. */
function isNamedSo(held: readonly Holder[], { aliases, first }: Naming): boolean {
  const wanted = [...new Set(aliases)];
  return wanted.every((alias, index) => {
    const known = held.find((holder) => holder.alias === alias);
    return known !== undefined && (!first || known.rank === index);
  });
}

function* makeContact(db: Db, channelId: string): Work<string> {
  const id = db.mint("ctc");
  yield* db.insert("contacts", { id, channel_id: channelId });
  return id;
}

function* nameContact(db: Db, contactId: string, { channelId, aliases, first }: Naming): Work<void> {
  const known = yield* aliasesOf(db, contactId);
  const wanted = [...new Set(first ? [...aliases, ...known] : [...known, ...aliases])];
  for (const [rank, alias] of wanted.entries()) {
    if (known[rank] === alias) continue;
    yield* db.run(
      `INSERT INTO aliases (channel_id, alias, contact_id, rank) VALUES (?, ?, ?, ?)
       ON CONFLICT (channel_id, alias) DO UPDATE SET contact_id = excluded.contact_id, rank = excluded.rank`,
      channelId,
      alias,
      contactId,
      rank,
    );
  }
}

function* mergeContacts(db: Db, keep: string, gone: string): Work<void> {
  const after = (yield* aliasesOf(db, keep)).length;
  yield* db.run("UPDATE aliases SET contact_id = ?, rank = rank + ? WHERE contact_id = ?", keep, after, gone);
  yield* mergeLanes(db, keep, gone);
  yield* db.run(
    `UPDATE contacts SET name = coalesce(contacts.name, g.name), username = coalesce(contacts.username, g.username),
       language = coalesce(contacts.language, g.language), 
       blocked = CASE WHEN g.blocked = 1 THEN 1 ELSE contacts.blocked END
     FROM contacts AS g WHERE contacts.id = ? AND g.id = ?`,
    keep,
    gone,
  );
  yield* db.run("DELETE FROM contacts WHERE id = ?", gone);
}
