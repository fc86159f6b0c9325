import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { GatewayError } from "../../src/core/problem.ts";
import {
  type Cases,
  channel,
  digest,
  endpoint,
  eventsOf,
  keyring,
  mint,
  newMessage,
  said,
  send,
} from "../../src/store/conformance/harness.ts";
import { openStore as openDatabase } from "../../src/store/conformance/postgres-place.ts";
import { openStore as openFile } from "../../src/store/conformance/sqlite-place.ts";
import { storeCases } from "../../src/store/conformance.ts";
import { type Moved, move, rehearse } from "../../src/store/move.ts";
import type { Page } from "../../src/store/paging.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { migrate } from "../../src/store/postgres/migrate.ts";
import { openSession, type Session } from "../../src/store/postgres/session.ts";
import type { Store } from "../../src/store/store.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();
const empty = await databases.create();
await asked(empty, (session) => migrate(session, "the tests' database"));

async function asked<Result>(url: string, ask: (session: Session) => Promise<Result>): Promise<Result> {
  const session = await openSession(url, new Dialect());
  try {
    return await ask(session);
  } finally {
    await session.end();
  }
}

/** What was told and marked on the way. */
interface Log {
  told: string[];
  marks: string[];
}

function moving(
  file: string,
  url: string,
  log: Log = { told: [], marks: [] },
  isAsItIs = false,
): Promise<Moved> {
  return move({
    file,
    url,
    isAsItIs,
    mint,
    keyring,
    tell: (sentence) => void log.told.push(sentence),
    mark: { begin: () => void log.marks.push("begun"), takeBack: () => void log.marks.push("taken back") },
  });
}

async function inPlace(run: (file: string, url: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-move-"));
  const url = await databases.create(empty);
  try {
    await run(join(folder, "antiphon.db"), url);
  } finally {
    await databases.drop(url);
    rmSync(folder, { recursive: true });
  }
}

async function opened<Result>(
  opening: Promise<Store>,
  run: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await opening;
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** What a case leaves behind when it is over. */
async function leave(file: string, run: Cases[string]): Promise<void> {
  let store = await openFile(file);
  await store.addChannel(channel());
  await run({
    store,
    reopen: async () => {
      await store.close();
      store = await openFile(file);
      return store;
    },
    holds: async (text) =>
      [file, `${file}-wal`].some((path) => existsSync(path) && readFileSync(path).includes(text)),
    close: async () => {},
    place: {
      module: new URL("../../src/store/conformance/sqlite-place.ts", import.meta.url).href,
      argument: file,
    },
  }).finally(() => store.close());
}

async function all<Row>(page: (after: string | undefined) => Promise<Page<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | undefined; ; ) {
    const some = await page(after);
    rows.push(...some.rows);
    if (some.next === null) return rows;
    after = some.next;
  }
}

/** All that the store tells. */
async function picture(store: Store) {
  const messages = await all((after) => store.messages({ limit: 100, after }));
  const contacts = await all((after) => store.contacts({ limit: 100, after }));
  const endpoints = await store.endpoints();
  const channels = await store.channels();
  return {
    channels,
    endpoints,
    contacts,
    apps: await store.apps(),
    keys: await store.keys(),
    health: await Promise.all(channels.map(({ id }) => store.channelHealth(id))),
    messages: await Promise.all(messages.map(({ id }) => store.message(id))),
    calls: await store.callsOf(messages.map(({ id }) => id)),
    conversations: await all((after) => store.conversations({ limit: 100, after })),
    erasures: await Promise.all(contacts.map(({ id }) => store.erasure(id))),
    openErasures: await store.openErasures(),
    lanes: (await store.lanes()).sort((a, b) => (a.conversationId < b.conversationId ? -1 : 1)),
    interrupted: await store.interrupted(),
    paces: (await store.paces(0)).sort((a, b) => (a.key < b.key ? -1 : 1)),
    events: await store.eventsAfter(0, 10_000),
    deliveries: await all((after) => store.deliveries({ limit: 100, after })),
    replays: await Promise.all(endpoints.map(({ id }) => store.replays(id))),
    running: await store.runningReplays(),
    unread: await Promise.all(
      channels.map(({ id }) => store.undigested(id, { limit: 1_000, maxBytes: 1_000_000 })),
    ),
    payloads: await store.lastPayloads(),
    queues: await store.queues(),
    counts: await store.counts(),
    audit: await all((after) => store.audit({ limit: 100, after })),
    chain: await store.checkAudit(),
  };
}

/** A store that somebody works on: what waits, and what was told, managed and kept. */
async function fill(store: Store): Promise<void> {
  await store.addChannel(channel());
  await store.addEndpoint(endpoint());
  await digest(store, [said("a"), said("b")]);
  for (let n = 0; n < 5; n++) await send(store, { to: `+${n}`, calls: 2 });
  for (const action of ["key.created", "channel.paused"])
    await store.addAudit({
      at: 1,
      keyId: "key-1",
      keyName: "Ops",
      action,
      fields: [],
      address: "127.0.0.1",
      status: 200,
    });
}

/** One of each of the store's subjects; with `ANTIPHON_MOVE_CASES=all` every case that there is. */
const chosen = [
  "a held call stays the head of its lane, also over a restart, and tells nothing yet",
  "what was to be sent again and cannot be is unknown",
  "a receipt of a message that nobody knows is kept quietly, also over a restart",
  "a replay of dead letters takes their place, once",
  "a replay of an app's webhook holds what the endpoint may have now, and no other channel's part",
  "attempts are recorded, and a dead delivery can be retried",
  "secrets are on disk under no spelling, and come back as they were",
  "of an erased contact nothing is on disk, nor after a restart; others' parts are whole",
  "a call that is under way when its contact is erased is waited for, and what follows never leaves",
  "rates that a call uses stand with its intent, and pauses with its outcome, also after a restart",
  "keys are kept as they were made, the oldest first, through a restart",
  "a watermark of a conversation that nobody knows tells nothing and makes none",
  "when two conversations become one, nothing counts as reached that no watermark told of it",
  "one that is sent again goes before what is behind it, and may block anew",
];
const titles = process.env.ANTIPHON_MOVE_CASES === "all" ? Object.keys(storeCases) : chosen;

for (const title of titles) {
  test(`moved as it was: ${title}`, () =>
    inPlace(async (file, url) => {
      await leave(file, storeCases[title]!);
      const before = await opened(openFile(file), picture);
      await moving(file, url, undefined, true);
      const after = await opened(openDatabase(url), picture);
      assert.deepEqual(after, before);
    }));
}

test("what is moved goes on: new rows come behind the old, counts hold, and every check of the store passes", () =>
  inPlace(async (file, url) => {
    const last = await opened(openFile(file), async (store) => {
      await fill(store);
      return (await eventsOf(store)).length;
    });
    // The newest is gone, but a client's cursor stands at it.
    const db = new DatabaseSync(file);
    db.exec("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'events'");
    db.close();
    const log: Log = { told: [], marks: [] };
    const { rows, tables, wasThere } = await moving(file, url, log);
    assert.equal(wasThere, false);
    assert.ok(rows > 20 && tables > 30);
    assert.deepEqual(log.marks, ["begun"]);
    assert.ok(log.told.includes("calls: 10 rows"), log.told.join("\n"));
    await opened(openDatabase(url), async (store) => {
      await send(store, { to: "+1" });
      await store.addEvent({ type: "channel.paused", timestamp: new Date(1).toISOString() });
      const positions = (await store.eventsAfter(0, 10_000)).map(({ position }) => position);
      assert.deepEqual(
        positions.slice(0, last),
        Array.from({ length: last }, (_, n) => n + 1),
      );
      assert.ok(
        positions.slice(last).every((position) => position > 5000),
        String(positions),
      );
      assert.equal((await store.queues()).channels.get("channel-1")?.calls.queued, 11);
      for (let from: Awaited<ReturnType<Store["checkSome"]>>["next"]; ; ) {
        const { violations, next } = await store.checkSome(from);
        assert.deepEqual(violations, []);
        if (!next) break;
        from = next;
      }
    });
  }));

test("texts with what PostgreSQL cannot store, and more rows than go at once, arrive as they were", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), async (store) => {
      for (const [n, text] of ["a\0b", "\uE000", "\uE0000\0", '{"a",NULL}', "\\x00", "😀"].entries())
        await store.putSetting(`text ${n}`, text);
      await store.addChannel(channel());
      await Promise.all(
        Array.from({ length: 2_500 }, (_, n) => store.acceptMessage(newMessage({ to: `+${n % 7}` }))),
      );
    });
    const before = await opened(openFile(file), (store) => store.setting("text 2"));
    await moving(file, url);
    await opened(openDatabase(url), async (store) => {
      assert.equal(await store.setting("text 2"), before);
      assert.equal((await store.counts()).messages.accepted, 2_500);
    });
  }));

function versionOf(file: string): number {
  const db = new DatabaseSync(file, { readOnly: true });
  const version = Number(db.prepare("PRAGMA user_version").get()?.user_version);
  db.close();
  return version;
}

function refuses(file: string, url: string, message: RegExp, log?: Log): Promise<void> {
  return assert.rejects(moving(file, url, log), { code: "unavailable", message });
}

test("a database that holds anything is refused, and neither side is touched, nor by asking what a move would do", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), fill);
    await opened(openDatabase(url), (store) => store.addChannel(channel({ id: "theirs" })));
    const log: Log = { told: [], marks: [] };
    await refuses(file, url, /is not empty: it holds another store.*CREATE DATABASE/, log);
    assert.deepEqual(log.marks, []);
    await opened(openDatabase(url), async (store) =>
      assert.deepEqual(
        (await store.channels()).map(({ id }) => id),
        ["theirs"],
      ),
    );
    const free = await databases.create();
    const { rows, tables, faults } = await rehearse({ file, url: free, keyring });
    assert.ok(rows > 20 && tables > 30);
    assert.deepEqual(faults, []);
    await asked(free, async (session) => {
      const made = await session.exec("SELECT to_regclass('installation') IS NOT NULL AS made");
      assert.deepEqual(made.rows, [{ made: 0 }]);
    });
    const none = { ...keyring, read: () => [] };
    await assert.rejects(
      rehearse({ file, url: free, keyring: none }),
      /sealed with the key .*there is none in/,
    );
    await databases.drop(free);
    await assert.rejects(rehearse({ file, url, keyring }), /is not empty: it holds another store/);
    const foreign = await databases.create();
    await asked(foreign, (session) => session.exec("CREATE TABLE messages (mine text)"));
    await refuses(file, foreign, /not empty: it holds tables that are not Antiphon's/);
    await databases.drop(foreign);
  }));

test("a database on which a gateway was started too early is refused with the way out, so long as nobody has used it", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), fill);
    await opened(openDatabase(url), async () => {});
    await refuses(file, url, /another store, without a channel.*DROP DATABASE, CREATE DATABASE/);
    await opened(openDatabase(url), (store) => store.addChannel(channel({ id: "theirs" })));
    await refuses(file, url, /another store\. Make an empty one/);
  }));

test("a move that was stored and not heard is known again; one that a gateway has worked on since is not overwritten", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), fill);
    await moving(file, url);
    const log: Log = { told: [], marks: [] };
    assert.equal((await moving(file, url, log)).wasThere, true);
    assert.deepEqual(log.marks, ["begun"]);
    await opened(openDatabase(url), (store) => send(store));
    await refuses(file, url, /has this store from a former move.*has changed since/);
  }));

test("a file that a gateway has, one of a newer version and one that is damaged are refused", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), async (store) => {
      await fill(store);
      await refuses(file, url, /is in use by another process/);
    });
    const known = versionOf(file);
    const change = (sql: string) => {
      const db = new DatabaseSync(file);
      db.exec(sql);
      db.close();
    };
    change("UPDATE messages SET content = replace(content, 'hello', 'hallo')");
    await refuses(file, url, /is damaged: \d rows of messages do not fit their checksums/);
    change("UPDATE messages SET content = replace(content, 'hallo', 'hello'); PRAGMA user_version = 999");
    await refuses(file, url, /newer version/);
    await asked(url, async (session) => {
      const { rows } = await session.exec("SELECT count(*) AS n FROM messages");
      assert.deepEqual(rows, [{ n: 0 }]);
    });
    change(
      `UPDATE messages SET content = replace(content, 'hello', 'hallo'); PRAGMA user_version = ${known}`,
    );
    const log: Log = { told: [], marks: [] };
    await moving(file, url, log, true);
    assert.match(log.told.join("\n"), /As it is: \d rows of messages/);
  }));

test("where the database refuses a row, nothing of the move is in it, and no mark stays", () =>
  inPlace(async (file, url) => {
    await opened(openFile(file), fill);
    await asked(url, (session) => session.exec("ALTER TABLE tally ADD CHECK (kind <> 'calls')"));
    const log: Log = { told: [], marks: [] };
    await assert.rejects(moving(file, url, log), GatewayError);
    assert.deepEqual(log.marks, []);
    await asked(url, async (session) => {
      await session.exec("ALTER TABLE tally DROP CONSTRAINT tally_kind_check");
    });
    assert.equal((await moving(file, url)).wasThere, false);
  }));
