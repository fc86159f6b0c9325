import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import pg from "pg";
import {
  accepted,
  channel,
  channelId,
  digest,
  endpoint,
  receipt,
  said,
  send,
  settle,
  start,
  watermark,
} from "../../src/store/conformance/harness.ts";
import { openStore as openDatabase } from "../../src/store/conformance/postgres-place.ts";
import { openStore as openFile } from "../../src/store/conformance/sqlite-place.ts";
import type { Store } from "../../src/store/store.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();

/** One engine's data, asked by SQL beside the store. */
interface Place {
  name: string;
  open(): Promise<Store>;
  all(sql: string): Promise<Record<string, unknown>[]>;
}

async function onBoth(run: (place: Place) => Promise<void>): Promise<void> {
  const url = await databases.create();
  const folder = mkdtempSync(join(tmpdir(), "antiphon-shards-"));
  const file = join(folder, "antiphon.db");
  const asDatabase = async (sql: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const asFile = async (sql: string) => {
    const db = new DatabaseSync(file);
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  };
  try {
    await run({ name: "SQLite", open: () => openFile(file), all: asFile });
    await run({ name: "PostgreSQL", open: () => openDatabase(url), all: asDatabase });
  } finally {
    rmSync(folder, { recursive: true });
    await databases.drop(url);
  }
}

async function within(place: Place, run: (store: Store) => Promise<void>): Promise<void> {
  const store = await place.open();
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

/** Something in every table that belongs to a channel or an endpoint. */
async function fill(store: Store): Promise<void> {
  await store.addChannel(channel());
  await store.addEndpoint(endpoint());
  await store.addEndpoint(endpoint({ id: "endpoint-2", format: "raw" }));
  const { calls } = await send(store, { aliases: ["1"], to: "1" });
  await settle(store, calls[0]!, accepted("out/1"), { paces: [{ key: "channel-1", fullAt: start }] });
  await digest(store, [said("in/1")]);
  const unknown = [{ path: "/entry", reason: "new" }];
  const edited = { ...said("in/1"), dedupeKey: "again" };
  await digest(store, [receipt("out/1", "delivered"), watermark("read", start + 99), edited], { unknown });
  for (const endpointId of ["endpoint-1", "endpoint-2"])
    for (const { id } of await store.deliveriesInTurn({ endpointId, after: 0, limit: 9 }))
      await store.recordAttempt(id, { at: start, latencyMs: 1 }, { state: "delivered" }, start);
}

const page = readFileSync(new URL("../../docs/operating.md", import.meta.url), "utf8");
const section = page.split("### Spread over several machines")[1]!.split("\n## ")[0]!;
const names = (text = "") => [...text.matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!);
/** The rows of the section's tables: what stands in their first and in their other cells. */
const rows = section
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
  .map((line) => line.split("|").slice(1, -1));
const shardColumns = "channel_id endpoint_id app_id owner scope".split(" ");
const isPlace = (first: string) => /^ (everywhere|on one machine)/.test(first);
const placed = new Map<string, string>();
for (const [first = "", tables] of rows)
  if (isPlace(first) || (names(first).length === 1 && shardColumns.includes(names(first)[0]!)))
    for (const name of names(tables)) placed.set(name, names(first)[0] ?? first.trim());
const exceptions = rows
  .filter(([first = ""]) => /^ `(id|seq|calls)/.test(first))
  .map(([first = ""]) => first);

async function schemaOf(place: Place) {
  if (place.name === "SQLite") {
    const tables = await place.all(
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    );
    const found = tables.map(async ({ name }) => {
      const columns = await place.all(
        `SELECT name, "notnull" OR pk > 0 AS held FROM pragma_table_info('${name}')`,
      );
      const keys = await place.all(
        `SELECT group_concat(c.name) AS key FROM pragma_index_list('${name}') l, pragma_index_info(l.name) c WHERE l."unique" GROUP BY l.name`,
      );
      const own = await place.all(
        `SELECT group_concat(name) AS key FROM pragma_table_info('${name}') WHERE pk > 0`,
      );
      return { name, columns, keys: [...keys, ...own].filter(({ key }) => key !== null) };
    });
    return Promise.all(found);
  }
  const tables = await place.all(
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
  );
  const found = tables.map(async ({ name }) => ({
    name,
    columns: await place.all(
      `SELECT attname AS name, attnotnull AS held FROM pg_attribute WHERE attrelid = '${name}'::regclass AND attnum > 0`,
    ),
    keys: await place.all(
      `SELECT string_agg(attname, ',' ORDER BY array_position(indkey, attnum)) AS key FROM pg_index
       JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey) WHERE indrelid = '${name}'::regclass AND indisunique GROUP BY indexrelid`,
    ),
  }));
  return Promise.all(found);
}

/** Of no channel, or of several: they have none. */
const maybeNone = ["events.channel_id"];

test("every table has the column by which it is spread, and each unique key has it too or is told why not", () =>
  onBoth(async (place) => {
    await within(place, async () => {});
    for (const { name, columns, keys } of await schemaOf(place)) {
      const where = `${name} on ${place.name}`;
      const by = placed.get(String(name));
      assert.ok(by !== undefined, `docs/operating.md says how ${where} is spread`);
      if (!shardColumns.includes(by)) continue;
      const column = columns.find((one) => one.name === by);
      assert.ok(column, `${where} has ${by}`);
      assert.ok(column.held || maybeNone.includes(`${name}.${by}`), `${where} always has ${by}`);
      const isTold = (key: string) =>
        exceptions.some((told) => told.includes(`\`${name} (${key.replaceAll(",", ", ")})\``)) ||
        exceptions.some(
          (told) =>
            names(told.split(" of ")[0]).includes(key) &&
            names(told.split(" of ").at(-1)).includes(String(name)),
        );
      for (const { key } of keys)
        assert.ok(
          String(key).split(",").includes(by) || isTold(String(key)),
          `${where}: ${key} without ${by}`,
        );
    }
  }));

const withShardKey = {
  attempts: "channel_id",
  receipts: "channel_id",
  history: "channel_id",
  message_payloads: "channel_id",
  paces: "channel_id",
  watermarks: "channel_id",
  unknown_parts: "channel_id",
  deliveries: "endpoint_id, channel_id",
  delivery_attempts: "endpoint_id, channel_id",
};

async function shardKeysIn(place: Place) {
  const found = Object.entries(withShardKey).map(async ([table, columns]) => [
    table,
    await place.all(`SELECT ${columns}, count(*) AS n FROM ${table} GROUP BY ${columns} ORDER BY ${columns}`),
  ]);
  return Object.fromEntries(await Promise.all(found)) as Record<string, Record<string, unknown>[]>;
}

test("rows of before the shard key get it part by part, as new ones have it from the first", () =>
  onBoth(async (place) => {
    await within(place, fill);
    const before = await shardKeysIn(place);
    for (const [table, rows] of Object.entries(before)) {
      assert.ok(rows.length > 0, `${table} on ${place.name} has rows`);
      for (const row of rows) assert.equal(row.channel_id, channelId, `${table} on ${place.name}`);
    }
    assert.deepEqual(
      before.delivery_attempts?.map(({ endpoint_id }) => endpoint_id),
      ["endpoint-1", "endpoint-2"],
    );
    for (const table of Object.keys(withShardKey).filter((name) => name !== "paces"))
      await place.all(`UPDATE ${table} SET channel_id = ${table.startsWith("deliver") ? "NULL" : "''"}`);
    await place.all("UPDATE delivery_attempts SET endpoint_id = ''");
    await place.all("DELETE FROM settings WHERE key = 'shard_keys'");
    await within(place, async (store) => {
      let parts = 1;
      while (await store.fillShardKeys()) parts++;
      assert.ok(parts > 5, "one kind of row after the other");
      assert.equal(await store.fillShardKeys(), false);
    });
    assert.deepEqual(await shardKeysIn(place), before);
  }));

test("on PostgreSQL a gateway of the version before, which knows no shard key, leaves none out", async () => {
  const url = await databases.create();
  const store = await openDatabase(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await fill(store);
    const known =
      await client.query(`SELECT c.id AS call, m.id AS message, m.conversation_id AS lane, d.id AS delivery,
      (SELECT min(id) FROM payloads) AS payload FROM messages m JOIN calls c ON c.message_id = m.id, deliveries d LIMIT 1`);
    const { call, message, lane, delivery, payload } = known.rows[0];
    const theirs = {
      "attempts (call_id, at, ended_at, outcome)": [call, 0, 0, "accepted"],
      "receipts (call_id, receipt, at)": [call, "played", 0],
      "history (message_id, status, at, source)": [message, "sent", 0, "gateway"],
      "message_payloads (message_id, payload_id)": [message, 77],
      "watermarks (conversation_id, status, until)": [lane, "sent", 0],
      "unknown_parts (payload_id, path, reason)": [payload, "/", "?"],
      "delivery_attempts (delivery_id, at, latency_ms)": [delivery, 0, 0],
    };
    for (const [into, values] of Object.entries(theirs)) {
      const marks = values.map((_, index) => `$${index + 1}`).join(", ");
      const sql = `INSERT INTO ${into} VALUES (${marks}) RETURNING *`;
      const row = (await client.query(sql, values)).rows[0];
      assert.equal(row.channel_id, channelId, into);
      if ("endpoint_id" in row) assert.match(row.endpoint_id, /^endpoint-[12]$/);
    }
  } finally {
    await client.end();
    await store.close();
  }
});
