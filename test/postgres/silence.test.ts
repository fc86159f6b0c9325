import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { isPassing } from "../../src/core/problem.ts";
import { channel, newMessage } from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { reader } from "../../src/store/postgres/reader.ts";
import { openSession, type Session, Sessions } from "../../src/store/postgres/session.ts";
import { Silence, type SilenceTimes } from "../../src/store/postgres/silence.ts";
import type { Work } from "../../src/store/sql/db.ts";
import type { Store } from "../../src/store/store.ts";
import { eventually } from "../support/eventually.ts";
import { postgresDatabases } from "../support/postgres.ts";
import { proxyTo } from "../support/postgres-proxy.ts";
import { startPostgres } from "../support/postgres-server.ts";

const databases = await postgresDatabases();

/** `ANTIPHON_SILENCE=usual`: with a gateway's own times, for the figures of docs/operating.md. */
const times: { silence?: SilenceTimes } =
  process.env.ANTIPHON_SILENCE === "usual" ? {} : { silence: { afterMs: 600, everyMs: 200 } };
/** Half of what is waited for without: on the slowest machine it is far from what it takes with. */
const soonMs = 20_000;

interface Beside {
  store: Store;
  proxy: Awaited<ReturnType<typeof proxyTo>>;
  /** On its way nothing is silent. Never in a transaction: it would be told all the time what it was told first. */
  watching: Session;
  /** It holds what it has locked as long as the test takes. */
  other: Session;
}

async function beside(use: (beside: Beside) => Promise<void>, url?: string): Promise<void> {
  const direct = url ?? (await databases.create());
  const proxy = await proxyTo(direct);
  const store = await openStore(proxy.url, { onBroken: assert.fail, ...times });
  const [watching, other] = [
    await openSession(direct, new Dialect()),
    await openSession(direct, new Dialect()),
  ];
  await other.exec("SET idle_in_transaction_session_timeout = 0");
  try {
    await store.addChannel(channel());
    await use({ store, proxy, watching, other });
  } finally {
    proxy.mend();
    await other.end();
    await watching.end();
    await store.close();
    proxy.close();
    if (!url) await databases.drop(direct);
  }
}

/** What it came to, within a few seconds. */
async function soon<Result>(t: TestContext, what: string, asking: Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await asking;
  const ms = Math.round(performance.now() - began);
  t.diagnostic(`${what} after ${ms} ms`);
  assert.ok(ms < soonMs, `${what} after ${ms} ms`);
  return result;
}

/** Whether it was stored; one that was not may be asked for again. */
function isTold(writing: Promise<unknown>): Promise<boolean> {
  return writing.then(
    () => true,
    (error) => {
      assert.ok(isPassing(error), String(error));
      return false;
    },
  );
}

/** Fulfils when a gateway has asked so often, from now on, whether PostgreSQL works on what it waits for. */
async function looks(watching: Session, count: number): Promise<void> {
  const seen = new Set<string>();
  await eventually(`${count} looks`, async () => {
    const { rows } = await watching.exec(
      `SELECT query_start::text AS at FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND query LIKE 'SELECT 1 FROM pg_stat_get_activity(%' AND query_start > now() - interval '1 min'`,
    );
    for (const { at } of rows) seen.add(String(at));
    return seen.size > count || undefined;
  });
}

/** The processes of PostgreSQL's that have written for the gateway: one, unless its connection was made anew. */
async function writers(watching: Session): Promise<unknown[]> {
  const { rows } = await watching.exec(
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%; COMMIT'",
  );
  return rows.map(({ pid }) => pid);
}

test("a write on a connection that has fallen silent is stored by another, once", (t) =>
  beside(async ({ store, proxy }) => {
    proxy.silence("standing");
    const { id } = await soon(t, "stored", store.acceptMessage(newMessage()));
    assert.equal((await store.message(id))?.calls.length, 1);
    assert.equal((await store.counts()).messages.accepted, 1);
  }));

test("a write whose connection falls silent in the middle of it is told as not stored, and the next one is", (t) =>
  beside(async ({ store, proxy }) => {
    const silent = proxy.silenceAt("INSERT INTO messages", "before");
    const message = newMessage();
    const writing = isTold(store.acceptMessage(message));
    await silent;
    assert.equal(await soon(t, "told", writing), false);
    assert.equal(await store.message(message.message.id), undefined);
    await soon(t, "the next one", store.acceptMessage(newMessage()));
    assert.equal((await store.counts()).messages.accepted, 1);
  }));

for (const [when, isStored] of [
  ["before", false],
  ["after", true],
] as const) {
  test(`a commit whose connection falls silent ${when} it arrived is told as what became of it`, (t) =>
    beside(async ({ store, proxy }) => {
      const silent = proxy.silenceAt("; COMMIT", when);
      const message = newMessage();
      const writing = isTold(store.acceptMessage(message));
      await silent;
      assert.equal(await soon(t, "told", writing), isStored);
      assert.equal((await store.message(message.message.id)) !== undefined, isStored);
      await soon(t, "the next one", store.acceptMessage(newMessage()));
      assert.equal((await store.counts()).messages.accepted, isStored ? 2 : 1);
    }));
}

test("a read on a connection that has fallen silent is answered by another, though all that stand are silent", (t) =>
  beside(async ({ store, proxy }) => {
    const { id } = await store.acceptMessage(newMessage());
    const readAll = () => Promise.all(Array.from({ length: 6 }, () => store.message(id)));
    await readAll();
    proxy.silence("standing");
    assert.equal((await soon(t, "one answered", store.message(id)))?.calls.length, 1);
    await soon(t, "many answered", readAll());
  }));

test("a write that waits for another gateway's is not cut, and no connection is made anew for it", () =>
  beside(async ({ store, watching, other }) => {
    await store.putSetting("before", "yes");
    const standing = await writers(watching);
    await other.exec("BEGIN; SELECT 1 FROM installation FOR UPDATE");
    const writing = store.putSetting("later", "yes");
    await looks(watching, 4);
    await other.exec("COMMIT");
    await writing;
    assert.deepEqual(await writers(watching), standing);
  }));

test("a commit that waits for a standby is not cut", async () => {
  const server = await startPostgres();
  const setStandby = async (watching: Session, to: string) => {
    await watching.exec(`ALTER SYSTEM SET synchronous_standby_names = '${to}'`);
    await watching.exec("SELECT pg_reload_conf()");
  };
  try {
    await beside(async ({ store, watching }) => {
      await store.putSetting("before", "yes");
      const standing = await writers(watching);
      await watching.exec("SET synchronous_commit = local");
      await setStandby(watching, "nobody");
      // PostgreSQL reads its settings anew when it gets to it: the first may be stored before.
      let isWaiting = false;
      const writeUntil = async () => {
        while (!isWaiting) await store.putSetting("later", "yes");
      };
      const writing = writeUntil();
      const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND query LIKE '%; COMMIT'";
      await eventually(
        "a commit that waits",
        async () => (await watching.exec(waits)).rows.length === 1 || undefined,
      );
      isWaiting = true;
      await looks(watching, 4);
      await setStandby(watching, "");
      await writing;
      assert.deepEqual(await writers(watching), standing);
    }, server.url("postgres"));
  } finally {
    await server.close();
  }
});

test("a list that PostgreSQL works on for long is not cut", async () => {
  const url = await databases.create();
  const [aside, watching] = [
    new Sessions(url, new Dialect(), { max: 1 }),
    await openSession(url, new Dialect()),
  ];
  const silence = new Silence(aside, times.silence);
  const lists = new Sessions(url, new Dialect(), { max: 1, silence });
  try {
    const listing = reader(lists)(function* (): Work<unknown> {
      return (yield { sql: "SELECT pg_sleep(30)", values: [] }).rows;
    });
    const ended = assert.rejects(listing, /57014/);
    await looks(watching, 4);
    // Had it been cut, it would be asked once more, or told as lost.
    const { changed } = await watching.exec(
      "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30)' AND state = 'active'",
    );
    assert.equal(changed, 1);
    await ended;
    assert.equal(silence.found, 0);
  } finally {
    await Promise.all([aside.end(), lists.end(), watching.end()]);
    await databases.drop(url);
  }
});

test("where nothing passes on any connection none is judged, and all goes on by itself", (t) =>
  beside(async ({ store, proxy, watching }) => {
    await store.putSetting("before", "yes");
    const standing = await writers(watching);
    proxy.silence("all");
    const { begun } = proxy;
    const writing = store.putSetting("later", "yes");
    // The third begins when two have not been answered.
    await eventually("a third look", () => proxy.begun >= begun + 3 || undefined);
    proxy.mend();
    await soon(t, "stored", writing);
    assert.equal(await store.setting("later"), "yes");
    assert.deepEqual(await writers(watching), standing);
  }));
