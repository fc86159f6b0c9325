import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { firstContact } from "../message.ts";

/** How a database is filled from the one message that a gateway made in it. */
export interface Filling {
  file: string;
  messageId: string;
  /** Of WhatsApp, in the order in which the generator takes them. */
  channelIds: readonly string[];
  /** Each has a conversation; message `n` is of person `n % people`. */
  people: number;
  /** How many messages, or how many rows of messages and of what they leave behind. */
  wanted: { messages: number } | { rows: number };
}

/** What is to be made of each. */
interface Counts {
  people: number;
  messages: number;
}

type Row = Record<string, SQLOutputValue>;

const inOneCommit = 20_000;
/** Integer keys that count on by themselves. */
const counted = new Set(["seq", "position"]);

/**
 * Copies the message with all that belongs to it, as often as is asked for, under ids that grow like the gateway's.
 * For benchmarks alone: it knows tables that only the store may know, and makes nothing durable before its end.
 */
export function fill(filling: Filling): { rows: number } {
  const db = new DatabaseSync(filling.file, { enableForeignKeyConstraints: false });
  db.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 20000");
  const model = readModel(db, filling.messageId);
  db.exec("CREATE TEMP TABLE n (n INTEGER PRIMARY KEY, c INTEGER, channel TEXT)");
  const messages = countOf(filling.wanted, model);
  const counts: Counts = { people: filling.people, messages };
  let rows = 0;
  for (const part of ["people", "messages"] as const) {
    for (let first = 0; first < counts[part]; first += inOneCommit) {
      db.exec("BEGIN");
      number(db, filling, { first, end: Math.min(counts[part], first + inOneCommit) });
      for (const [table, made] of model.rows.filter(([, , of]) => of === part))
        rows += copy(db, { table, made, model, counts });
      db.exec("COMMIT");
    }
  }
  db.exec("UPDATE channels SET paused = 0");
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  db.close();
  return { rows };
}

function countOf(wanted: Filling["wanted"], { rows }: Model): number {
  if ("messages" in wanted) return wanted.messages;
  return Math.ceil(wanted.rows / rows.filter(([, , of]) => of === "messages").length);
}

interface Model {
  rows: [table: string, row: Row, of: "people" | "messages"][];
  /** Texts that stand for the message, its call, its person and so on, and the SQL of what takes their place. */
  replaced: [text: string, by: string][];
  lastSeq: number;
}

function readModel(db: DatabaseSync, messageId: string): Model {
  const all = (sql: string, key: SQLOutputValue) => db.prepare(sql).all(key as string) as Row[];
  const [message] = all("SELECT * FROM messages WHERE id = ?", messageId);
  const [call] = all("SELECT * FROM calls WHERE message_id = ?", messageId);
  const [conversation] = all("SELECT * FROM conversations WHERE id = ?", message!.conversation_id!);
  const [contact] = all("SELECT * FROM contacts WHERE id = ?", conversation!.contact_id!);
  const aliases = all("SELECT * FROM aliases WHERE contact_id = ?", contact!.id!);
  const events = all("SELECT * FROM events WHERE message_id = ?", messageId);
  const ids = all("SELECT * FROM platform_ids WHERE message_id = ?", messageId);
  const of = (table: string, rows: Row[], part: "people" | "messages") =>
    rows.map((row): Model["rows"][number] => [table, row, part]);
  const hex = (prefix: string, of: "n" | "c") => `printf('${prefix}_%032x', ${of})`;
  const number = String(message!.address).replace("+", "");
  return {
    rows: [
      ...of("contacts", [contact!], "people"),
      ...of("aliases", aliases, "people"),
      ...of("conversations", [conversation!], "people"),
      ...of("messages", [message!], "messages"),
      ...of("calls", [call!], "messages"),
      ...of("history", all("SELECT * FROM history WHERE message_id = ?", messageId), "messages"),
      ...of("attempts", all("SELECT * FROM attempts WHERE call_id = ?", call!.id!), "messages"),
      ...of("platform_ids", ids, "messages"),
      ...of("events", events, "messages"),
    ],
    replaced: [
      [messageId, hex("msg", "n")],
      [String(call!.id), hex("call", "n")],
      [String(conversation!.id), hex("cnv", "c")],
      [String(contact!.id), hex("ctc", "c")],
      ...events.map(({ id }, at): [string, string] => [String(id), `printf('evt_%031x${at}', n)`]),
      [String(message!.channel_id), "channel"],
      [String(message!.token), "printf('b%015x', n)"],
      ...ids.map(({ platform_id }): [string, string] => [String(platform_id), "'wamid.HISTORY' || n"]),
      [number, `(${firstContact} + c)`],
      ["number 000000000", "printf('number %09d', n)"],
    ],
    lastSeq: Number(db.prepare("SELECT max(seq) AS seq FROM messages").get()!.seq),
  };
}

function number(
  db: DatabaseSync,
  { people, channelIds }: Filling,
  range: { first: number; end: number },
): void {
  db.exec("DELETE FROM n");
  const channels = channelIds.map((id, at) => `WHEN ${at} THEN '${id}'`).join(" ");
  db.exec(`INSERT INTO n WITH RECURSIVE counting (n) AS (
    SELECT ${range.first} UNION ALL SELECT n + 1 FROM counting WHERE n < ${range.end - 1})
    SELECT n, n % ${people}, CASE n % ${people} % ${channelIds.length} ${channels} END FROM counting`);
}

interface Copying {
  table: string;
  made: Row;
  model: Model;
  counts: Counts;
}

function copy(db: DatabaseSync, { table, made, model, counts }: Copying): number {
  const known: Record<string, string> = {
    checksum: "NULL",
    message_seq: `${model.lastSeq + 1} + n`,
    last_seq: `${model.lastSeq + 1} + c + ${counts.people} * ((${counts.messages - 1} - c) / ${counts.people})`,
    ...(table === "messages" && { seq: `${model.lastSeq + 1} + n` }),
    // A call's place in its message is no key.
    ...(table === "calls" && { position: String(made.position) }),
  };
  const columns = Object.keys(made).filter((column) => column in known || !counted.has(column));
  const values = columns.map((column) => known[column] ?? literal(made[column]!, model));
  const sql = `INSERT INTO ${table} (${columns.join(", ")}) SELECT ${values.join(", ")} FROM n ORDER BY n`;
  return Number(db.prepare(sql).run().changes);
}

/** As SQL: the value itself, with what stands for one message replaced. */
function literal(value: SQLOutputValue, { replaced }: Model): string {
  if (typeof value !== "string") return String(value);
  return replaced
    .filter(([text]) => value.includes(text))
    .reduce((sql, [text, by]) => `replace(${sql}, '${text}', ${by})`, `'${value.replaceAll("'", "''")}'`);
}
