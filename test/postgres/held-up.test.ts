import assert from "node:assert/strict";
import { test } from "node:test";
import { channel, newMessage } from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { reader } from "../../src/store/postgres/reader.ts";
import { openSession, type Session, Sessions } from "../../src/store/postgres/session.ts";
import type { Work } from "../../src/store/sql/db.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();

/** Within a transaction PostgreSQL ends a connection that is idle for longer. */
const heldUp = "SELECT pg_sleep(2.5)";

async function beside(
  use: (store: Store, other: Session, watching: Session, url: string) => Promise<void>,
): Promise<void> {
  const url = await databases.create();
  const store = await openStore(url, { onBroken: assert.fail });
  const [other, watching] = [await openSession(url, new Dialect()), await openSession(url, new Dialect())];
  // It holds what it has locked as long as the test takes.
  await other.exec("SET idle_in_transaction_session_timeout = 0");
  try {
    await use(store, other, watching, url);
  } finally {
    await other.end();
    await watching.end();
    await store.close();
    await databases.drop(url);
  }
}

/** Fulfils when so many statements wait for a lock; asked by a connection that is in no transaction. */
function waits(watching: Session, count: number): Promise<true> {
  const sql = `SELECT count(*) AS n FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND datname = current_database() AND backend_type = 'client backend'`;
  return eventually(`${count} that wait`, async () => {
    return Number((await watching.exec(sql)).rows[0]?.n) >= count || undefined;
  });
}

test("lists that are slow hold up no write and no read of the gateway, however many are asked for", () =>
  beside(async (store, other, watching) => {
    await store.addChannel(channel());
    await other.exec("BEGIN; LOCK TABLE audit IN ACCESS EXCLUSIVE MODE");
    const lists = Promise.allSettled(Array.from({ length: 12 }, () => store.audit({ limit: 10 })));
    await waits(watching, 3);
    const { id } = await store.acceptMessage(newMessage());
    assert.equal((await store.message(id))?.calls.length, 1);
    // Nor are the figures, by which one sees what is wrong.
    assert.equal((await store.counts()).messages.accepted, 1);
    await other.exec("COMMIT");
    // Those that had no connection for 10 s were refused: on a slow machine that may be some.
    for (const list of await lists)
      if (list.status === "rejected")
        assert.match(String(list.reason), /Three long lists .* already: ask again/);
  }));

test("a list for which no connection is free is told to ask again, not that PostgreSQL is away", () =>
  beside(async (_store, _other, _watching, url) => {
    const patienceMs = 3_000;
    const busy = "They are put together already.";
    const few = new Sessions(url, new Dialect(), { max: 1, patienceMs, busy });
    const list = () =>
      reader(few)(function* (): Work<void> {
        yield { sql: "SELECT 1", values: [] };
      });
    try {
      const { release } = await few.take();
      try {
        await assert.rejects(list(), { code: "unavailable", message: busy });
      } finally {
        release();
      }
      await list();
    } finally {
      await few.end();
    }
  }));

test("a fence is judged by what stands when the batch has its row, whatever isolation the database is set to", () =>
  beside(async (store, other, watching, url) => {
    const name = url.split("/").at(-1);
    await other.exec(`ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`);
    const late = await openStore(url, { onBroken: assert.fail });
    try {
      await store.joinNodes("a");
      await store.joinNodes("b");
      const [lease] = await store.claim("a", ["once"]);
      await other.exec("BEGIN; SELECT 1 FROM installation FOR UPDATE");
      const writing = late.under(lease!).forgetPaces(0);
      await waits(watching, 1);
      // What another node's batch does.
      await other.exec("DELETE FROM nodes WHERE id = 'a'");
      await other.exec("UPDATE leases SET node = 'b', fence = fence + 1 WHERE name = 'once'; COMMIT");
      await assert.rejects(writing, /does not work for once any more/);
    } finally {
      await late.close();
    }
  }));

test("a read of the gateway that is slow holds up no transaction: what is stored meanwhile is told after it", () =>
  beside(async (store, other, watching) => {
    await store.addChannel(channel());
    await other.exec("BEGIN; LOCK TABLE paces IN ACCESS EXCLUSIVE MODE");
    const told: string[] = [];
    const reading = store.paces(0).then(() => told.push("read"));
    await waits(watching, 1);
    const writing = store.putSetting("one", "stored").then(() => told.push("one"));
    const stored = "SELECT 1 FROM settings WHERE key = 'one'";
    await eventually(
      "what is stored",
      async () => (await watching.exec(stored)).rows.length === 1 || undefined,
    );
    await other.exec(heldUp);
    assert.deepEqual(told, []);
    await other.exec("COMMIT");
    await Promise.all([reading, writing]);
    assert.deepEqual(told, ["read", "one"]);
  }));

test("a beat is stored while the gateway's writes stand in line", () =>
  beside(async (store, other, watching) => {
    await store.joinNodes("one");
    await other.exec("BEGIN; SELECT 1 FROM installation FOR UPDATE");
    const writing = store.putSetting("later", "yes");
    await waits(watching, 1);
    assert.equal(await store.beat("one"), true);
    assert.equal(await store.beat("another"), false);
    await other.exec("COMMIT");
    await writing;
  }));
