import { Client } from "pg";
import type { Opened } from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { storeConformance } from "../../src/store/conformance.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { migrate } from "../../src/store/postgres/migrate.ts";
import { openSession } from "../../src/store/postgres/session.ts";
import { type Databases, postgresDatabases } from "../support/postgres.ts";

const placeUrl = new URL("../../src/store/conformance/postgres-place.ts", import.meta.url);
const tables =
  "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT IN ('installation', 'writers')";

/** One database for all cases, as it is when its tables are made; a new one for each would be most of their time. */
async function prepared(databases: Databases): Promise<{ url: string; client: Client }> {
  const url = await databases.create();
  const session = await openSession(url, new Dialect());
  await migrate(session, "the tests' database");
  await session.end();
  const client = new Client({ connectionString: url });
  // It ends with its database.
  client.on("error", () => {});
  await client.connect();
  await client.query(`CREATE SCHEMA pristine; DO $$ DECLARE one record; BEGIN
    FOR one IN ${tables} LOOP EXECUTE format('CREATE TABLE pristine.%1$I AS TABLE %1$I', one.name); END LOOP;
  END $$`);
  return { url, client };
}

/** Whatever a case left goes, and what the tables began with is there again. */
const clear = `DO $$ DECLARE one record; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN ${tables} LOOP
    EXECUTE format('DELETE FROM %1$I; INSERT INTO %1$I SELECT * FROM pristine.%1$I', one.name);
  END LOOP;
  PERFORM setval(c.oid, 1, false) FROM pg_class c WHERE c.relkind = 'S' AND c.relnamespace = 'public'::regnamespace;
END $$`;

const { url, client } = await prepared(await postgresDatabases());
const isAnywhere = await search();

/** In any column of any row: old versions of rows go when PostgreSQL clears them away, which no gateway decides. */
async function search(): Promise<string> {
  const { rows } = await client.query(`SELECT table_name AS name, string_agg(column_name, ', ') AS columns
    FROM information_schema.columns WHERE table_schema = 'public'
    AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass) GROUP BY table_name`);
  const isIn = rows.map(
    ({ name, columns }) =>
      `EXISTS (SELECT 1 FROM ${name} WHERE strpos(concat_ws(chr(10), ${columns}), $1) > 0)`,
  );
  return `SELECT ${isIn.join(" OR ")} AS found`;
}

async function open(): Promise<Opened> {
  await client.query(clear);
  let store = await openStore(url);
  return {
    store,
    place: { module: placeUrl.href, argument: url },
    reopen: async () => {
      await store.close();
      store = await openStore(url);
      return store;
    },
    holds: async (text) => (await client.query(isAnywhere, [text])).rows[0].found,
    close: () => store.close(),
  };
}

storeConformance("PostgreSQL", open);
