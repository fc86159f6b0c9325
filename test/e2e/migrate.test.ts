import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import pg from "pg";
import { initial } from "../../src/store/migrations/0001-initial.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { startStack } from "../support/stack.ts";

const databases = await postgresDatabases();
const main = join(import.meta.dirname, "../../src/main.ts");
const folder = await mkdtemp(join(tmpdir(), "antiphon-migrate-"));
after(() => rm(folder, { recursive: true, force: true }));

interface Said {
  code: number;
  stdout: string;
  stderr: string;
}

function migrate(env: Record<string, string>, ...args: string[]): Promise<Said> {
  const options = { env: { PATH: process.env.PATH, ANTIPHON_DATA: folder, ...env } };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, "migrate", ...args],
      options,
      (_error, stdout, stderr) => {
        resolve({ code: child.exitCode ?? -1, stdout, stderr });
      },
    );
  });
}

async function on<Result>(url: string, run: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}

const tables = "SELECT count(*)::int AS n FROM information_schema.tables WHERE table_schema = 'public'";

test("npm run migrate makes PostgreSQL's tables once, says what it does, and a running gateway goes on beside it", async () => {
  const env = { DATABASE_URL: await databases.create() };
  const dry = await migrate(env, "--dry-run");
  assert.match(
    dry.stdout,
    /^The database antiphon_test_\S+ on .* has schema 0, and this version wants (\d+)\. It would run 0001-channels, .*0007-writers.*\. Nothing was changed\.\n$/,
  );
  assert.deepEqual(
    [dry.code, (await on(env.DATABASE_URL, (client) => client.query(tables))).rows],
    [0, [{ n: 0 }]],
  );
  const done = await migrate(env);
  assert.match(done.stdout, /is brought from schema 0 to \d+: 0001-channels, .*0007-writers/);
  assert.equal(done.code, 0);
  await using gateway = await startStack({ env });
  const again = await migrate(env);
  assert.match(again.stdout, /has schema \d+, as this version wants it\. Nothing was changed\.\n$/);
  assert.equal((await gateway.call("GET", "/readyz")).status, 200);
});

test("npm run migrate refuses a database with others' tables, and a user who may make none, as its dry run and a start do", async () => {
  const url = await databases.create();
  const role = `antiphon_guest_${process.pid}`;
  const both = async (at: string, sentence: RegExp) => {
    for (const args of [[], ["--dry-run"]]) {
      const { code, stderr } = await migrate({ DATABASE_URL: at }, ...args);
      assert.match(stderr, sentence);
      assert.equal(code, 1);
    }
  };
  await on(url, (client) => client.query("CREATE TABLE messages (mine text)"));
  await both(
    url,
    /is not empty: it holds tables that are not Antiphon's\. Make an empty one: CREATE DATABASE/,
  );
  await on(url, (client) => client.query(`DROP TABLE messages; CREATE ROLE ${role}`));
  try {
    const guest = new URL(url);
    guest.searchParams.set("options", `-c role=${role}`);
    await both(guest.href, /may not make or change tables in .*ALTER DATABASE .* OWNER TO/);
  } finally {
    await on(url, (client) => client.query(`DROP ROLE ${role}`));
  }
});

test("npm run migrate refuses a newer schema, a flag that it does not know and a server that is away, each in a sentence", async () => {
  const url = await databases.create();
  await migrate({ DATABASE_URL: url });
  await on(url, (client) => client.query("UPDATE installation SET schema_version = 1000"));
  for (const args of [[], ["--dry-run"]]) {
    const { code, stderr } = await migrate({ DATABASE_URL: url }, ...args);
    assert.match(
      stderr,
      /^The database \S+ on .* was written by a newer version of Antiphon \(its schema is 1000, .*\n$/,
    );
    assert.equal(code, 1);
  }
  const mistyped = await migrate({ DATABASE_URL: url }, "--dry");
  assert.deepEqual([mistyped.code, /--dry-run/.test(mistyped.stderr)], [1, true]);
  const away = await migrate({ DATABASE_URL: `postgresql://antiphon:secret@%2F${"nowhere"}/antiphon` });
  assert.match(away.stderr, /cannot be reached/);
  assert.ok(away.code === 1 && !away.stderr.includes("secret"));
});

test("without DATABASE_URL npm run migrate brings the data folder's file forward, but not under a gateway", async () => {
  const none = await migrate({});
  assert.deepEqual([none.code, /There is no .*antiphon\.db yet/.test(none.stdout)], [0, true]);
  const gateway = await startStack();
  try {
    const env = { ANTIPHON_DATA: gateway.dataDir };
    const held = await migrate(env);
    assert.match(held.stderr, /^A gateway runs on .*antiphon\.db, which has one owner\. Stop it first/);
    assert.equal(held.code, 1);
    await gateway.stop();
    const file = join(gateway.dataDir, "antiphon.db");
    rmSync(file);
    const back = new DatabaseSync(file);
    // As the first version has left it.
    back.exec(`${initial} PRAGMA user_version = 1;`);
    back.close();
    const dry = await migrate(env, "--dry-run");
    assert.match(
      dry.stdout,
      /antiphon\.db has schema 1, and this version wants \d+\. It would run 0002-apps, /,
    );
    assert.match((await migrate(env)).stdout, /antiphon\.db is brought from schema 1 to \d+: 0002-apps, /);
    assert.match((await migrate(env)).stdout, /as this version wants it\. Nothing was changed\./);
  } finally {
    await gateway[Symbol.asyncDispose]();
  }
});
