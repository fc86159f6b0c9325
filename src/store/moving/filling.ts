import { GatewayError } from "../../core/problem.ts";
import { drive } from "../postgres/driving.ts";
import type { Session } from "../postgres/session.ts";
import { brokenAudit } from "../sql/auditing.ts";
import { checkSome } from "../sql/check-tally.ts";
import type { Db, Value, Work } from "../sql/db.ts";
import type { Checked, CheckPlace } from "../tallying.ts";
import { type Content, ContentHash } from "./content.ts";
import type { HeldFile } from "./held-file.ts";

/** A table as PostgreSQL has it. */
interface Table {
  name: string;
  columns: { name: string; type: string }[];
  /** The column whose values the database mints. */
  identity?: string;
}

/** What PostgreSQL takes at once: enough that a round trip is little of it, and little of the memory on both sides. */
const rowsAtOnce = 1_000;
const lettersAtOnce = 1_000_000;
const rowsFetched = 100;
const toldEvery = 100_000;

/** What migrations alone leave: any more was written by a gateway. */
const rowsOfNew: Record<string, number> = { settings: 1, backlog: 1, tally: 1 };

/** The database's tables in the file's order. Throws where the two do not have the same columns. */
export async function tablesFor(file: HeldFile, session: Session): Promise<Table[]> {
  const { rows } = await session.exec(`SELECT c.relname AS "table", a.attname AS name,
      format_type(a.atttypid, NULL) AS type, a.attidentity <> '' AS identity
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped`);
  return file.tables().map(({ name, columns }) => {
    const own = rows.filter((row) => row.table === name);
    const found = columns.map((column) => own.find((row) => row.name === column));
    if (own.length !== columns.length || found.some((column) => column === undefined))
      throw new GatewayError("unavailable", `The table ${name} is another on PostgreSQL than in the file.`);
    const identity = own.find((row) => row.identity === 1)?.name;
    return {
      name,
      columns: found.map((column) => ({ name: String(column!.name), type: String(column!.type) })),
      ...(identity !== undefined && { identity: String(identity) }),
    };
  });
}

/** Whether nothing has been written to it but by its migrations. */
export async function isNew(session: Session, tables: Table[]): Promise<boolean> {
  for (const { name } of tables) {
    const most = rowsOfNew[name] ?? 0;
    const { rows } = await session.exec(`SELECT 1 AS one FROM ${name} LIMIT ${most + 1}`);
    if (rows.length > most) return false;
  }
  return true;
}

/** Inside a transaction. Gives what was read of each table. Triggers rest: what they count is copied as it stands. */
export async function fill(
  file: HeldFile,
  session: Session,
  tables: Table[],
  tell: (sentence: string) => void,
): Promise<Map<string, Content>> {
  const each = (sql: (table: Table) => string) => tables.map(sql).join("; ");
  // Not session_replication_role: only a superuser may set that, and a table's owner this.
  await session.exec(each(({ name }) => `ALTER TABLE ${name} DISABLE TRIGGER USER`));
  await session.exec(
    Object.keys(rowsOfNew)
      .map((name) => `DELETE FROM ${name}`)
      .join("; "),
  );
  const contents = new Map<string, Content>();
  for (const table of tables) {
    contents.set(table.name, await copy(file, session, table, tell));
    if (table.identity) await goOnAbove(file, session, table.name, table.identity);
  }
  await session.exec(each(({ name }) => `ALTER TABLE ${name} ENABLE TRIGGER USER`));
  await session.exec(each(({ name }) => `ANALYZE ${name}`));
  return contents;
}

async function copy(
  file: HeldFile,
  session: Session,
  { name, columns }: Table,
  tell: (sentence: string) => void,
): Promise<Content> {
  const total = file.countOf(name);
  const content = new ContentHash();
  const lists = columns.map(({ type }) => `?::${type}[]`).join(", ");
  const names = columns.map((column) => column.name);
  const sql = `INSERT INTO ${name} (${names.join(", ")}) SELECT * FROM unnest(${lists})`;
  let rows: Value[][] = [];
  let letters = 0;
  const flush = async () => {
    if (rows.length > 0)
      await session.ask({ sql, values: columns.map((_, n) => rows.map((row) => row[n]!)) });
    rows = [];
    letters = 0;
  };
  for (const row of file.rowsOf({ name, columns: names })) {
    content.add(row);
    rows.push(row);
    letters += row.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 8), 0);
    if (rows.length >= rowsAtOnce || letters >= lettersAtOnce) await flush();
    const done = content.content.rows;
    if (done % toldEvery === 0) tell(`${name}: ${done} of ${total} rows`);
  }
  await flush();
  if (total > 0) tell(`${name}: ${total} rows`);
  return content.content;
}

async function goOnAbove(file: HeldFile, session: Session, table: string, key: string): Promise<void> {
  const highest = file.highestKey(table, key);
  if (highest === 0) return;
  await session.exec(`SELECT setval(pg_get_serial_sequence('${table}', '${key}'), ${highest})`);
}

/** What a table holds now, read a little at a time. */
export async function contentOf(session: Session, { name, columns }: Table): Promise<Content> {
  const content = new ContentHash();
  const names = columns.map((column) => column.name);
  await session.exec(`DECLARE compared NO SCROLL CURSOR FOR SELECT ${names.join(", ")} FROM ${name}`);
  for (;;) {
    const { rows } = await session.exec(`FETCH ${rowsFetched} FROM compared`);
    for (const row of rows) content.add(names.map((column) => row[column] as Value));
    if (rows.length < rowsFetched) break;
  }
  await session.exec("CLOSE compared");
  return content.content;
}

/** The same for the file's. */
export function contentIn(file: HeldFile, { name, columns }: Table): Content {
  const content = new ContentHash();
  for (const row of file.rowsOf({ name, columns: columns.map((column) => column.name) })) content.add(row);
  return content.content;
}

/** What the store's own checks find wrong with what is counted and with the audit log: a sentence each. */
export function faultsOf(session: Session): Promise<string[]> {
  const reader: Pick<Db, "one" | "all"> = {
    *one<Row>(sql: string, ...values: Value[]) {
      return (yield { sql, values }).rows[0] as Row | undefined;
    },
    *all<Row>(sql: string, ...values: Value[]) {
      return (yield { sql, values }).rows as Row[];
    },
  };
  return drive(checked(reader), session.ask);
}

function* checked(db: Pick<Db, "one" | "all">): Work<string[]> {
  const faults = yield* brokenAudit(db);
  for (let place: CheckPlace | undefined; ; ) {
    const part: Checked = yield* checkSome(db, place);
    faults.push(...part.violations.map(({ sentence }) => sentence));
    if (!part.next) return faults;
    place = part.next;
  }
}
