import type { DatabaseSync } from "node:sqlite";
import type { Client } from "pg";

interface Column {
  table: string;
  name: string;
  type: string;
  isRequired: boolean;
  /** Null: there is none, and the database mints none. */
  otherwise: string | null;
}

/** What forbids rows: a unique index, a check, a reference. */
interface Rule {
  table: string;
  /** In words that stay the same as long as it does. */
  text: string;
  columns: string[];
}

/** What a version's statements count on. */
export interface Schema {
  columns: Column[];
  rules: Rule[];
}

/**
 * What a migration takes from the version before it, which runs on beside the newer schema until it is stopped: its
 * tables, its columns, what it may leave out and what it may store. A sentence each.
 */
export function takenAway(before: Schema, after: Schema): string[] {
  const isOld = (table: string) => before.columns.some((column) => column.table === table);
  const of = (schema: Schema, { table, name }: Column) =>
    schema.columns.find((column) => column.table === table && column.name === name);
  const changed = before.columns.flatMap((was) => {
    const title = `${was.table}.${was.name}`;
    const is = of(after, was);
    if (!is) return [`${title} is gone`];
    return [
      ...(is.type === was.type ? [] : [`${title} was ${was.type} and is ${is.type}`]),
      ...(is.isRequired && !was.isRequired ? [`${title} may not be null any more`] : []),
      ...(is.otherwise === null && was.otherwise !== null ? [`${title} has lost its default`] : []),
    ];
  });
  const demanded = after.columns
    .filter((is) => isOld(is.table) && !of(before, is) && is.isRequired && is.otherwise === null)
    .map(({ table, name }) => `${table}.${name} is new and may not be left out`);
  const had = new Set(before.rules.map(({ table, text }) => `${table} ${text}`));
  const forbidden = after.rules
    .filter(({ table, text }) => isOld(table) && !had.has(`${table} ${text}`))
    .filter(({ table, columns }) =>
      columns.some((name) => before.columns.some((was) => was.table === table && was.name === name)),
    )
    .map(({ table, text }) => `${table} has a new rule: ${text}`);
  return [...changed, ...demanded, ...forbidden];
}

export function schemaOfFile(db: DatabaseSync): Schema {
  const all = (sql: string, ...values: string[]) => db.prepare(sql).all(...values);
  const tables = all("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").map(
    ({ name }) => String(name),
  );
  return {
    columns: tables.flatMap((table) =>
      all("SELECT * FROM pragma_table_info(?)", table).map((column) => ({
        table,
        name: String(column.name),
        type: String(column.type),
        isRequired: column.notnull === 1,
        otherwise: column.dflt_value === null ? null : String(column.dflt_value),
      })),
    ),
    rules: tables.flatMap((table) => [
      ...all('SELECT * FROM pragma_index_list(?) WHERE "unique" = 1', table).map(({ name }) => {
        const columns = all("SELECT name FROM pragma_index_info(?)", String(name)).map((one) =>
          String(one.name),
        );
        return { table, text: `unique ${columns}`, columns };
      }),
      ...all("SELECT * FROM pragma_foreign_key_list(?)", table).map((one) => ({
        table,
        text: `${one.from} refers to ${one.table}`,
        columns: [String(one.from)],
      })),
    ]),
  };
}

const ofTables =
  "relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition";
const names = (table: string, keys: string) =>
  `ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = ${table} AND attnum = ANY (${keys}))`;

export async function schemaOfDatabase(client: Client): Promise<Schema> {
  const columns =
    await client.query(`SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AS "isRequired", CASE WHEN a.attidentity <> '' THEN 'minted' ELSE pg_get_expr(d.adbin, d.adrelid) END AS otherwise
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE ${ofTables}`);
  const rules =
    await client.query(`SELECT c.relname AS table, pg_get_constraintdef(r.oid) AS text, ${names("c.oid", "r.conkey")} AS columns
      FROM pg_constraint r JOIN pg_class c ON c.oid = r.conrelid WHERE ${ofTables} AND r.contype IN ('c', 'f', 'x')
    UNION ALL SELECT c.relname, regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ', ' '), ${names("c.oid", "i.indkey")}
      FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE ${ofTables} AND i.indisunique`);
  return { columns: columns.rows, rules: rules.rows };
}
