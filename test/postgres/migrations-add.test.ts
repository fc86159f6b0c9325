import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import pg from "pg";
import { migrations as ofPostgres } from "../../src/store/postgres/migrate.ts";
import { keyedIn } from "../../src/store/sqlite/keyed-hash.ts";
import { migrations as ofSqlite } from "../../src/store/sqlite/migrate.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { type Schema, schemaOfDatabase, schemaOfFile, takenAway } from "../support/schema.ts";

const databases = await postgresDatabases();
/** The rule holds from here on: what stood before has never run beside an older version. */
const since = { postgres: "0007-writers", sqlite: "0028-nodes" };

/** What would break the version before, and what of it is told. */
const breaking: Record<string, RegExp> = {
  "DROP TABLE wakes": /wakes\.\w+ is gone/,
  "ALTER TABLE messages DROP COLUMN metadata": /^messages\.metadata is gone$/,
  "ALTER TABLE messages RENAME COLUMN metadata TO meta": /messages\.metadata is gone/,
  "CREATE UNIQUE INDEX one_status ON messages (channel_id, status)": /messages has a new rule: .*status/,
};
const breakingPostgres: Record<string, RegExp> = {
  ...breaking,
  "ALTER TABLE messages ADD COLUMN region text NOT NULL": /^messages\.region is new and may not be left out$/,
  "ALTER TABLE messages ALTER COLUMN metadata SET NOT NULL": /^messages\.metadata may not be null any more$/,
  "ALTER TABLE messages ALTER COLUMN created_at TYPE numeric":
    /^messages\.created_at was bigint and is numeric$/,
  "ALTER TABLE messages ADD CHECK (status <> 'odd')": /messages has a new rule: CHECK/,
  "ALTER TABLE attempts ALTER COLUMN channel_id DROP DEFAULT": /^attempts\.channel_id has lost its default$/,
};
const adding = `CREATE TABLE later (id bigint PRIMARY KEY, region text NOT NULL);
  ALTER TABLE messages ADD COLUMN region text; ALTER TABLE messages ADD COLUMN zone text NOT NULL DEFAULT '';
  CREATE INDEX messages_region ON messages (region)`;

/** Each step from a version on, with what it takes away. */
async function steps(
  all: Readonly<Record<string, string>>,
  from: string,
  run: (sql: string) => Promise<Schema>,
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  let before: Schema | undefined;
  for (const [name, sql] of Object.entries(all)) {
    const after = await run(sql);
    if (before) found[name] = takenAway(before, after);
    if (before || name === from) before = after;
  }
  assert.ok(before, `there is no ${from}`);
  return found;
}

function demandAddingOnly(found: Record<string, string[]>): void {
  assert.ok(Object.keys(found).length > 0);
  for (const [name, taken] of Object.entries(found))
    assert.deepEqual(taken, [], `${name} takes from the version before, which may still run: only add`);
}

async function onPostgres(
  run: (migrated: (sql: string) => Promise<Schema>, client: pg.Client) => Promise<void>,
) {
  const url = await databases.create();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await run(async (sql) => {
      await client.query(sql);
      return schemaOfDatabase(client);
    }, client);
  } finally {
    await client.end();
    await databases.drop(url);
  }
}

test("on PostgreSQL a migration only adds, and what it adds may be left out, so that the version before goes on", () =>
  onPostgres(async (migrated, client) => {
    demandAddingOnly(await steps(ofPostgres, since.postgres, migrated));
    const before = await schemaOfDatabase(client);
    for (const [sql, sentence] of Object.entries({ ...breakingPostgres, [adding]: /^$/ })) {
      await client.query("BEGIN");
      const taken = takenAway(before, await migrated(sql));
      assert.match(taken[0] ?? "", sentence, sql);
      await client.query("ROLLBACK");
    }
  }));

test("in a file a migration only adds as well: the engines' schemas are twins", async () => {
  const db = new DatabaseSync(":memory:");
  keyedIn(db);
  const migrated = async (sql: string) => {
    db.exec(sql);
    return schemaOfFile(db);
  };
  demandAddingOnly(await steps(ofSqlite, since.sqlite, migrated));
  const before = schemaOfFile(db);
  for (const [sql, sentence] of Object.entries({ ...breaking, [adding]: /^$/ })) {
    db.exec("BEGIN");
    assert.match(takenAway(before, await migrated(sql))[0] ?? "", sentence, sql);
    db.exec("ROLLBACK");
  }
  db.close();
});
