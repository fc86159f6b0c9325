import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Client } from "pg";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { migrate } from "../../src/store/postgres/migrate.ts";
import { openSession } from "../../src/store/postgres/session.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();
const file = join(import.meta.dirname, "former-statements.json");
const { revision, statements }: { revision: string; statements: string[] } = JSON.parse(
  readFileSync(file, "utf8"),
);

interface Column {
  table: string;
  name: string;
  mayBeLeftOut: boolean;
}

async function migrated(): Promise<Client> {
  const url = await databases.create();
  const session = await openSession(url, new Dialect());
  await migrate(session, "the tests' database");
  await session.end();
  const client = new Client({ connectionString: url });
  await client.connect();
  return client;
}

/** What PostgreSQL says against running it, whatever its values are. */
async function refusal(client: Client, statement: string): Promise<string | undefined> {
  const values = Math.max(0, ...[...statement.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  const given = values === 0 ? "" : `(${Array.from({ length: values }, () => "NULL").join(", ")})`;
  try {
    await client.query(`PREPARE former AS ${statement}`);
    await client.query(`EXPLAIN EXECUTE former${given}`);
    await client.query("DEALLOCATE former");
    return undefined;
  } catch (error) {
    await client.query("DEALLOCATE ALL");
    return (error as Error).message;
  }
}

/** The columns that a row cannot be without, and this statement gives no value to. */
function missing(statement: string, columns: readonly Column[]): string[] {
  const [, table, given] = /^\s*INSERT INTO (\w+) \(([^)]+)\)/.exec(statement) ?? [];
  const named = new Set(given?.split(",").map((name) => name.trim().replaceAll('"', "")));
  const wanted = columns.filter((column) => column.table === table && !column.mayBeLeftOut);
  return wanted.filter(({ name }) => !named.has(name)).map(({ name }) => `${table}.${name}`);
}

test("every statement of the version before still runs on this version's tables", async () => {
  const client = await migrated();
  // For any values, as a statement that is asked often is planned.
  await client.query("SET plan_cache_mode = force_generic_plan; SET client_min_messages = error");
  const refused: string[] = [];
  for (const statement of statements) {
    const reason = await refusal(client, statement);
    if (reason !== undefined) refused.push(`${reason}: ${statement}`);
  }
  await client.end();
  assert.deepEqual(refused, [], `of ${revision}`);
  assert.ok(statements.length > 400, `${statements.length} statements`);
});

test("every column that the version before does not write may be left out", async () => {
  const client = await migrated();
  const { rows } = await client.query<Column>(
    `SELECT table_name AS table, column_name AS name,
       is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS' AS "mayBeLeftOut"
     FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  await client.end();
  const insertions = statements.filter((statement) => /^\s*INSERT INTO \w+ \(/.test(statement));
  assert.deepEqual(
    insertions.flatMap((statement) => missing(statement, rows)),
    [],
    `of ${revision}`,
  );
  assert.ok(insertions.length > 40, `${insertions.length} insertions`);
});
