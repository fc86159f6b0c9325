import type { Person } from "../../core/platform.ts";
import type { ContactRow } from "../rows.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";
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
  const row = yield* db.one<StoredContact>("SELECT * FROM contacts WHERE id = ?", id);
  if (!row) return undefined;
  return {
    id: row.id,
    channelId: row.channel_id,
    aliases: yield* aliasesOf(db, id),
    ...(row.name !== null && { name: row.name }),
    ...(row.username !== null && { username: row.username }),
    ...(row.language !== null && { language: row.language }),
    blocked: row.blocked === 1,
  };
}

/** The id of the contact that goes by any of these names; the oldest, where they are still several. */
export function* findContact(db: Db, { channelId, aliases }: Naming): Work<string | undefined> {
  return (yield* holders(db, channelId, aliases))[0];
}

/** The contact of these names, made if new. Names that point at several make them one: the oldest stays. */
export function* resolveContact(db: Db, naming: Naming): Work<string> {
  const [oldest, ...others] = yield* holders(db, naming.channelId, naming.aliases);
  const id = oldest ?? (yield* makeContact(db, naming.channelId));
  for (const other of others) yield* mergeContacts(db, id, other);
  yield* nameContact(db, id, naming);
  return id;
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
  if (given.length > 0) yield* db.update("contacts", contactId, Object.fromEntries(given));
}

function* aliasesOf(db: Db, contactId: string): Work<string[]> {
  const sql = "SELECT alias FROM aliases WHERE contact_id = ? ORDER BY rank";
  return (yield* db.all<{ alias: string }>(sql, contactId)).map((row) => row.alias);
}

function* holders(db: Db, channelId: string, aliases: readonly string[]): Work<string[]> {
  const sql =
    "SELECT c.seq, c.id FROM aliases a JOIN contacts c ON c.id = a.contact_id WHERE a.channel_id = ? AND a.alias = ?";
  const rows = yield* each(aliases, (alias) => db.one<{ seq: number; id: string }>(sql, channelId, alias));
  const found = rows.filter((row) => row !== undefined);
  return [...new Set(found.sort((a, b) => a.seq - b.seq).map((row) => row.id))];
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
