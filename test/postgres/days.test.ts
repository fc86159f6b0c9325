import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import pg from "pg";
import type { Clock } from "../../src/core/clock.ts";
import { dropAged } from "../../src/gateway/keeping/retention.ts";
import {
  accepted,
  channel,
  channelId,
  endpoint,
  problem,
  send,
  settle,
  steadyOf,
} from "../../src/store/conformance/harness.ts";
import { openStore } from "../../src/store/conformance/postgres-place.ts";
import { Dialect } from "../../src/store/postgres/dialect.ts";
import { migrate, migrations } from "../../src/store/postgres/migrate.ts";
import { openSession } from "../../src/store/postgres/session.ts";
import type { AgedPart, AgedPlace, Ages } from "../../src/store/retaining.ts";
import type { Store } from "../../src/store/store.ts";
import { postgresDatabases } from "../support/postgres.ts";

const databases = await postgresDatabases();
const dayMs = 86_400_000;
/** Noon of a day for which no start makes a part. */
const began = Date.now();
const noon = Math.floor(began / dayMs) * dayMs + 40 * dayMs + dayMs / 2;
const day = (at: number) => new Date(at).toISOString().slice(0, 10).replaceAll("-", "");

/** As the gateway mints, at a time of ours. */
const mintAt = (at: number) => (prefix: string) =>
  `${prefix}_${at.toString(16).padStart(12, "0")}${randomBytes(10).toString("hex")}`;

interface Opened {
  store: Store;
  url: string;
  all(sql: string): Promise<Record<string, unknown>[]>;
}

async function inDatabase(run: (opened: Opened) => Promise<void>): Promise<void> {
  const url = await databases.create();
  const store = await openStore(url, { mint: mintAt(noon) });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await store.addChannel(channel());
    await store.addEndpoint(endpoint());
    await run({ store, url, all: async (sql) => (await client.query(sql)).rows });
  } finally {
    await client.end();
    await store.close();
    await databases.drop(url);
  }
}

/** Where rows lie, and how many. */
async function parts({ all }: Opened, table: string): Promise<Record<string, number>> {
  const rows = await all(
    `SELECT tableoid::regclass::text AS name, count(*)::int AS n FROM ${table} GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ name, n }) => [name, n]));
}

async function isThere({ all }: Opened, table: string): Promise<boolean> {
  return (await all(`SELECT to_regclass('${table}') IS NOT NULL AS there`))[0]?.there === true;
}

/** Sent, told and settled, all at noon of that day. */
async function sentAt({ store }: Pick<Opened, "store">, at: number, platformId: string): Promise<string> {
  const { id, calls } = await send(store, { id: mintAt(at)("msg"), at });
  await settle(store, calls[0]!, accepted(platformId), { at });
  for (const { id: delivery } of await store.deliveriesInTurn({
    endpointId: "endpoint-1",
    after: 0,
    limit: 9,
  }))
    await store.recordAttempt(delivery, { at, latencyMs: 1 }, { state: "delivered" }, at);
  return id;
}

async function drop(store: Store, ages: Ages): Promise<void> {
  const rounds = [
    (from?: AgedPlace) => store.dropAged(channelId, ages, from),
    (from?: AgedPlace) => store.dropAgedShared(ages, steadyOf(ages.at), from),
  ];
  for (const round of rounds) {
    let from: AgedPlace | undefined;
    do from = (await round(from)).next;
    while (from);
  }
}

const later = noon + 100 * dayMs;
const records: Ages = { at: later, contentBefore: later, recordsBefore: later };

test("a start makes the parts of today and of a week, and what happens goes into its day", () =>
  inDatabase(async (opened) => {
    // Midnight may have passed since.
    for (let ahead = 1; ahead <= 6; ahead++)
      for (const table of ["history", "delivery_attempts"])
        assert.ok(
          await isThere(opened, `${table}_${day(began + ahead * dayMs)}`),
          `${table} in ${ahead} days`,
        );
    const tomorrow = began + dayMs;
    await sentAt(opened, tomorrow, "out/1");
    assert.deepEqual(Object.keys(await parts(opened, "history")), [`history_${day(tomorrow)}`]);
  }));

test("what no day is made for is kept in the rest, and goes into its day when that is made", () =>
  inDatabase(async (opened) => {
    const id = await sentAt(opened, noon, "out/1");
    const before = await opened.store.message(id);
    assert.deepEqual(Object.keys(await parts(opened, "history")), ["history_rest"]);
    assert.deepEqual(Object.keys(await parts(opened, "delivery_attempts")), ["delivery_attempts_rest"]);
    await opened.store.keepDays({ at: noon });
    assert.deepEqual(Object.keys(await parts(opened, "history")), [`history_${day(noon)}`]);
    assert.deepEqual(Object.keys(await parts(opened, "delivery_attempts")), [
      `delivery_attempts_${day(noon)}`,
    ]);
    assert.deepEqual(await opened.store.message(id), before);
  }));

test("a day of which nothing is kept any more goes whole, and until then with none of its rows deleted", () =>
  inDatabase(async (opened) => {
    const { store } = opened;
    await store.keepDays({ at: noon });
    const id = await sentAt(opened, noon, "out/1");
    const all = [await parts(opened, "history"), await parts(opened, "delivery_attempts")];
    const wholeBefore = noon + dayMs;
    await drop(store, { ...records, wholeBefore });
    assert.equal(await store.message(id), undefined);
    assert.deepEqual([await parts(opened, "history"), await parts(opened, "delivery_attempts")], all);
    await store.keepDays({ at: later, wholeBefore: noon });
    assert.ok(await isThere(opened, `history_${day(noon)}`), "its day is not over by then");
    assert.ok((await store.keepDays({ at: later, wholeBefore })).dropped >= 2);
    for (const table of ["history", "delivery_attempts"]) {
      assert.deepEqual(await parts(opened, table), {});
      assert.equal(await isThere(opened, `${table}_${day(noon)}`), false);
    }
  }));

test("while a channel keeps more, a message's rows are deleted one by one and those of others stay", () =>
  inDatabase(async (opened) => {
    const { store } = opened;
    await store.keepDays({ at: noon });
    await sentAt(opened, noon, "out/1");
    await store.addChannel(channel({ id: "channel-2", naturalId: "1002" }));
    const other = await send(store, { id: mintAt(noon)("msg"), at: noon, channelId: "channel-2" });
    await settle(store, other.calls[0]!, accepted("out/2"), { at: noon });
    await drop(store, records);
    assert.deepEqual(await store.keepDays({ at: later, wholeBefore: 0 }), { dropped: 0, isOver: true });
    const rows = await opened.all("SELECT DISTINCT message_id FROM history");
    assert.deepEqual(rows, [{ message_id: other.id }]);
    assert.deepEqual(await parts(opened, "delivery_attempts"), {});
  }));

test("what is still open outlives its day with its history, and what was done goes", () =>
  inDatabase(async (opened) => {
    const { store } = opened;
    await store.keepDays({ at: noon });
    await sentAt(opened, noon, "out/1");
    const open = await send(store, { id: mintAt(noon)("msg"), at: noon, to: "+2" });
    await settle(
      store,
      open.calls[0]!,
      { kind: "retry", problem, scope: "contact" },
      { at: noon, retryAt: noon },
    );
    const before = (await store.message(open.id))!.history;
    assert.ok(before.length > 0);
    const wholeBefore = noon + dayMs;
    await drop(store, { ...records, wholeBefore });
    await store.keepDays({ at: later, wholeBefore });
    assert.equal(await isThere(opened, `history_${day(noon)}`), false);
    assert.deepEqual((await store.message(open.id))!.history, before);
    assert.deepEqual(Object.keys(await parts(opened, "history")), ["history_rest"]);
    await store.cancelMessage(open.id, noon);
    await drop(store, { ...records, wholeBefore });
    assert.deepEqual(await parts(opened, "history"), {}, "from the rest they are deleted one by one");
  }));

test("a day with many messages that stay keeps their rows, and loses those of others", () =>
  inDatabase(async (opened) => {
    const { store } = opened;
    await store.keepDays({ at: noon });
    await sentAt(opened, noon, "out/1");
    const ids = `'msg_${noon.toString(16).padStart(12, "0")}' || lpad(n::text, 20, '0')`;
    await opened.all(`INSERT INTO messages (id, direction, channel_id, conversation_id, address, content, status, created_at, platform_ids)
      SELECT ${ids}, 'out', channel_id, conversation_id, '', '{}', 'accepted', 0, '[]' FROM messages, generate_series(1, 1001) AS n`);
    await opened.all(`INSERT INTO history (message_id, status, at, source) SELECT ${ids}, 'accepted', 0, 'gateway'
      FROM generate_series(1, 1001) AS n`);
    const wholeBefore = noon + dayMs;
    await drop(store, { ...records, wholeBefore });
    await store.keepDays({ at: later, wholeBefore });
    assert.deepEqual(await parts(opened, "history"), { [`history_${day(noon)}`]: 1001 });
  }));

test("what a round spared that was broken off goes with a later one, though a channel is kept for ever by then", () =>
  inDatabase(async (opened) => {
    const { store } = opened;
    await store.keepDays({ at: noon });
    const id = await sentAt(opened, noon, "out/1");
    const round = (inPart: (part: () => Promise<AgedPart>) => Promise<AgedPart | undefined>) => {
      const clock = { now: () => later, steady: () => steadyOf(later) } as Clock;
      return dropAged({ store, clock }, { contentDays: 1, recordsDays: 1, auditDays: 0 }, inPart);
    };
    const untilItIsGone = async (part: () => Promise<AgedPart>) =>
      (await store.message(id)) ? part() : undefined;
    assert.equal(await round(untilItIsGone), undefined);
    assert.ok((await parts(opened, "history"))[`history_${day(noon)}`]);
    await store.updateChannel(channelId, { retention: { contentDays: 0, recordsDays: 0 } });
    await opened.all("BEGIN");
    await opened.all("SELECT 1 FROM history");
    await round((part) => part());
    await opened.all("COMMIT");
    assert.ok((await parts(opened, "history"))[`history_${day(noon)}`], "it was locked");
    await round((part) => part());
    assert.deepEqual(await parts(opened, "history"), {});
    assert.deepEqual(
      Object.values(await parts(opened, "delivery_attempts")),
      [1],
      "what is of something stays",
    );
    const other = await sentAt(opened, noon, "out/2");
    await store.keepDays({ at: noon });
    await round((part) => part());
    assert.deepEqual(Object.keys(await parts(opened, "history")), [`history_${day(noon)}`], "it is over");
    assert.ok(await store.message(other));
  }));

test("days that a long read is in the way of are made and dropped some other time, and writes go on", () =>
  inDatabase(async (opened) => {
    const { store, all } = opened;
    await store.keepDays({ at: noon });
    await all("BEGIN");
    await all("SELECT 1 FROM history");
    await store.keepDays({ at: later, wholeBefore: noon + dayMs });
    await sentAt(opened, noon, "out/1");
    await all("COMMIT");
    for (const [at, there] of [
      [noon, true],
      [later, false],
    ] as const)
      assert.equal(await isThere(opened, `history_${day(at)}`), there);
    await store.keepDays({ at: later, wholeBefore: noon });
    assert.ok(await isThere(opened, `history_${day(later)}`));
  }));

test("what was stored before there were days stays where it is, is counted on, and goes when all of it may", async () => {
  const url = await databases.create();
  const session = await openSession(url, new Dialect());
  const names = Object.keys(migrations);
  const former = Object.fromEntries(Object.entries(migrations).slice(0, names.indexOf("0010-days")));
  await migrate(session, "here", former);
  const [long, now, far] = [noon - 400 * dayMs, began, noon + 400 * dayMs].map((at) => mintAt(at)("msg"));
  const insert = (id: string | undefined) =>
    session.exec(
      `INSERT INTO history (message_id, status, at, source, channel_id) VALUES ('${id}', 'sent', 0, 'gateway', 'c')`,
    );
  for (const id of [long, now, far]) await insert(id);
  await migrate(session, "here");
  const next = mintAt(began + 4 * dayMs)("msg");
  const store = await openStore(url);
  try {
    await insert(next);
    const { rows } = await session.exec(
      "SELECT message_id, seq, tableoid::regclass::text AS part FROM history ORDER BY seq",
    );
    const [first = Number.NaN] = rows.map(({ seq }) => Number(seq));
    assert.deepEqual(
      rows.map(({ message_id, part }) => [message_id, part]),
      [
        [long, "history_before"],
        [now, "history_before"],
        [far, "history_rest"],
        [next, `history_${day(began + 4 * dayMs)}`],
      ],
    );
    assert.deepEqual(rows.map(({ seq }) => Number(seq) - first).slice(0, 3), [0, 1, 2]);
    assert.ok(Number(rows[3]?.seq) > Number(rows[2]?.seq));
    const days = await session.exec(
      "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'history'::regclass AND inhrelid::regclass::text ~ '2[0-9]{7}$'",
    );
    assert.ok([6, 7].includes(Number(days.rows[0]?.n)), "of a week, from the end of the former part on");
    await store.keepDays({ at: began, wholeBefore: began + 4 * dayMs });
    const left = await session.exec("SELECT message_id FROM history ORDER BY seq");
    assert.deepEqual(
      left.rows.map(({ message_id }) => message_id),
      [far, next],
    );
  } finally {
    await store.close();
    await session.end();
    await databases.drop(url);
  }
});
