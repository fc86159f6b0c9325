import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import pg from "pg";
import { eventually } from "../../../test/support/eventually.ts";
import { postgresDatabases } from "../../../test/support/postgres.ts";
import { startPostgres } from "../../../test/support/postgres-server.ts";
import { channel, newMessage } from "../conformance/harness.ts";
import { openStore } from "../conformance/postgres-place.ts";
import { openStore as openFile } from "../conformance/sqlite-place.ts";
import type { Store } from "../store.ts";
import { Dialect } from "./dialect.ts";
import { migrate, migrations } from "./migrate.ts";
import { openSession, type Session } from "./session.ts";

const databases = await postgresDatabases();

async function inDatabase(run: (url: string) => Promise<void>): Promise<void> {
  const url = await databases.create();
  try {
    await run(url);
  } finally {
    await databases.drop(url);
  }
}

async function asked<Result>(url: string, ask: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await openSession(url, new Dialect());
  try {
    return await ask(session);
  } finally {
    await session.end();
  }
}

async function opened(url: string, run: (store: Store) => Promise<void>, more = {}): Promise<void> {
  const store = await openStore(url, more);
  try {
    await run(store);
  } finally {
    await store.close();
  }
}

function refusesWith(url: string, message: RegExp): Promise<void> {
  // One that is opened after all would keep the test from ever ending.
  const opening = openStore(url).then((store) => store.close());
  return assert.rejects(opening, { code: "unavailable", message });
}

test("a server that would forget at a power cut what was acknowledged is refused, and told what to set", async () => {
  for (const name of ["fsync", "full_page_writes"]) {
    const server = await startPostgres([`${name}=off`]);
    try {
      await refusesWith(server.url("postgres"), new RegExp(`${name}=off.*Set ${name} = on`));
    } finally {
      await server.close();
    }
  }
});

test("a database that commits without the disk, or may only be read, is refused with what to do", () =>
  inDatabase(async (url) => {
    const set = (setting: string) =>
      asked(url, (session) => session.exec(`ALTER DATABASE ${url.split("/").at(-1)} SET ${setting}`));
    await set("synchronous_commit = off");
    await refusesWith(url, /synchronous_commit=off/);
    await set("synchronous_commit = on");
    await set("session_replication_role = replica");
    await refusesWith(url, /session_replication_role.*RESET/);
    await set("session_replication_role = origin");
    await set("default_transaction_read_only = on");
    await refusesWith(url, /one may only read/i);
  }));

test("a database that is not there and a server that is not there are refused with a sentence", async () => {
  await inDatabase(async (url) => {
    await refusesWith(`${url}_elsewhere`, /does not exist/);
    await refusesWith("postgresql://nobody@%2Fnowhere/database", /cannot be reached.*DATABASE_URL/);
    await refusesWith("postgresql://nobody@127.0.0.1:9/database", /cannot be reached/);
  });
});

test("a database of a newer version is refused with a sentence, and left as it is", () =>
  inDatabase(async (url) => {
    await opened(url, async () => {});
    await asked(url, (session) => session.exec("UPDATE installation SET schema_version = 999"));
    await refusesWith(url, /newer version.*999/);
    const { rows } = await asked(url, (session) => session.exec("SELECT schema_version FROM installation"));
    assert.deepEqual(rows, [{ schema_version: 999 }]);
  }));

test("several gateways write to one database at once, each batch of each is there, and each sees the others'", () =>
  inDatabase(async (url) => {
    await opened(url, async (one) => {
      await opened(url, async (other) => {
        await one.addChannel(channel());
        await other.joinNodes("a");
        const accepting = [one, other].flatMap((store) =>
          Array.from({ length: 50 }, () => store.acceptMessage(newMessage())),
        );
        const counted = Array.from({ length: 40 }, (_, n) => (n % 2 ? one : other).beat("a"));
        const ids = (await Promise.all(accepting)).map(({ id }) => id);
        assert.ok((await Promise.all(counted)).every(Boolean));
        for (const store of [one, other]) {
          assert.deepEqual((await store.cluster()).nodes, [{ id: "a", beat: 40 }]);
          assert.equal((await store.counts()).messages.accepted, ids.length);
        }
      });
    });
  }));

test("many that start at once make the tables once", () =>
  inDatabase(async (url) => {
    await Promise.all(Array.from({ length: 4 }, () => asked(url, (session) => migrate(session, "here"))));
    const { rows } = await asked(url, (session) => session.exec("SELECT count(*) AS n FROM installation"));
    assert.deepEqual(rows, [{ n: 1 }]);
  }));

/** A version after this one, whose migration changes a table that everything is written to. */
const later = { ...migrations, "1000-later": "ALTER TABLE messages ADD COLUMN later bigint" };

test("a gateway of the version before goes on when its database is brought forward, and starts there no more", () =>
  inDatabase(async (url) => {
    await opened(url, async (store) => {
      await store.addChannel(channel());
      const before = await store.acceptMessage(newMessage());
      const { from, to, steps } = await asked(url, (session) => migrate(session, "here", later));
      assert.deepEqual([to - from, steps], [1, ["1000-later"]]);
      const after = await store.acceptMessage(newMessage());
      assert.ok((await store.message(before.id)) && (await store.message(after.id)));
    });
    await refusesWith(url, /written by a newer version/);
  }));

test("a migration waits for the write that is under way before it holds anything that this still needs", () =>
  inDatabase(async (url) => {
    await asked(url, (session) => migrate(session, "here"));
    await asked(url, async (writer) => {
      // Whoever would wait for the migration fails at once.
      await writer.exec("BEGIN; SET LOCAL lock_timeout = '1ms'; SELECT single FROM installation FOR UPDATE");
      const migrating = asked(url, (session) => migrate(session, "here", later));
      try {
        await eventually("a migration that waits", async () => {
          const waiting =
            "SELECT count(*) > 0 AS waits FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'";
          return (await writer.exec(waiting)).rows[0]?.waits === 1 || undefined;
        });
        await writer.exec("UPDATE messages SET status = status; COMMIT");
      } finally {
        await migrating;
      }
    });
  }));

test("a migration that a long read holds up lets writes pass, and begins anew until the read is over", () =>
  inDatabase(async (url) => {
    await opened(url, async (store) => {
      await store.addChannel(channel());
      const reader = new pg.Client({ connectionString: url });
      await reader.connect();
      try {
        await reader.query("BEGIN; SELECT 1 FROM messages");
        const migrating = asked(url, (session) => migrate(session, "here", later));
        const waiting = `SELECT 1 FROM pg_locks JOIN pg_database ON oid = database
          WHERE NOT granted AND mode = 'AccessExclusiveLock' AND datname = current_database()`;
        for (const wanted of [1, 0])
          await eventually(`${wanted} migrations that wait`, async () => {
            return (await reader.query(waiting)).rowCount === wanted || undefined;
          });
        await store.acceptMessage(newMessage());
        await reader.query("COMMIT");
        assert.deepEqual((await migrating).steps, ["1000-later"]);
      } finally {
        await reader.end();
      }
    });
  }));

test("a migration may take longer than any other statement", (t) =>
  inDatabase((url) =>
    asked(url, async (session) => {
      t.mock.timers.enable({ apis: ["setTimeout"] });
      const migrating = session.exec("BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_sleep(0.2); COMMIT");
      t.mock.timers.tick(24 * 60 * 60_000);
      assert.equal((await migrating).command, "COMMIT");
      t.mock.timers.reset();
    }),
  ));

test("what is asked for in one turn is committed together, as many as are good at once", () =>
  inDatabase(async (url) => {
    const commits: number[] = [];
    const accept = async (store: Store) => {
      await store.addChannel(channel());
      commits.length = 0;
      await Promise.all(Array.from({ length: 300 }, () => store.acceptMessage(newMessage())));
      assert.deepEqual(commits, [256, 44]);
    };
    await opened(url, accept, { onCommit: (intentions: number) => commits.push(intentions) });
  }));

test("every text comes back as it was, also with what PostgreSQL cannot store", () =>
  inDatabase(async (url) => {
    await opened(url, async (store) => {
      const texts = [
        "a\0b",
        "\0",
        "\uE000",
        "\uE0000",
        "\uE0001\0\uE000",
        "'; DROP TABLE messages; --",
        "\\x00",
        "😀",
      ];
      for (const [index, text] of texts.entries()) await store.putSetting(`text ${index}`, text);
      for (const [index, text] of texts.entries()) assert.equal(await store.setting(`text ${index}`), text);
    });
  }));

test("both engines have the same tables with the same columns", () =>
  inDatabase(async (url) => {
    await asked(url, (session) => migrate(session, "here"));
    const { rows } = await asked(url, (session) =>
      session.exec(`SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'NO' THEN ' NOT NULL' ELSE '' END AS name
        FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT IN ('installation', 'writers')
        AND NOT (SELECT relispartition FROM pg_class WHERE oid = table_name::regclass)`),
    );
    assert.deepEqual(rows.map(({ name }) => String(name)).sort(), await columnsOfFile());
  }));

test("both engines have the same indexes", () =>
  inDatabase(async (url) => {
    await asked(url, (session) => migrate(session, "here"));
    const { rows } = await asked(url, (session) =>
      session.exec(`SELECT c.relname AS name FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)`),
    );
    const named = await inFile((db) =>
      db.prepare("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all(),
    );
    assert.deepEqual(rows.map(({ name }) => name).sort(), named.map(({ name }) => name).sort());
  }));

async function inFile<Result>(look: (db: DatabaseSync) => Result): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-store-"));
  try {
    const file = join(folder, "antiphon.db");
    await (await openFile(file)).close();
    const db = new DatabaseSync(file, { readOnly: true });
    const result = look(db);
    db.close();
    return result;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function columnsOfFile(): Promise<string[]> {
  return inFile((db) => {
    const tables = db
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .all();
    return tables
      .flatMap(({ name }) =>
        db
          .prepare(`PRAGMA table_info(${name})`)
          .all()
          // A key of one column is never null, whether or not SQLite was told so.
          .map((column) => `${name}.${column.name}${column.notnull || column.pk ? " NOT NULL" : ""}`),
      )
      .sort();
  });
}
