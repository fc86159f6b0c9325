import { randomBytes } from "node:crypto";
import { GatewayError } from "../../core/problem.ts";
import { type DataKeys, openDataKeys } from "../sql/data-keys.ts";
import { type Db, insertionInto, updateOf, type Work } from "../sql/db.ts";
import { keyedHash } from "../sql/keyed-hash.ts";
import type { StoreOptions } from "../sql/options.ts";
import { apart } from "./apart.ts";
import { Batches } from "./batches.ts";
import { Days, type KeptDays } from "./days.ts";
import { demandDurable } from "./demands.ts";
import { Dialect } from "./dialect.ts";
import { explainOpening } from "./failure.ts";
import { migrate } from "./migrate.ts";
import { reader } from "./reader.ts";
import { openSession, placeOf, type Session, Sessions } from "./session.ts";
import { Silence, type SilenceTimes } from "./silence.ts";
import { Turns } from "./turns.ts";
import { takePart, type Writer } from "./writer.ts";

export interface PostgresOptions extends StoreOptions {
  /** `postgresql://user:password@host:port/database`, as libpq reads it. */
  url: string;
  /** Only tests need other times than the usual. */
  silence?: SilenceTimes;
}

interface Connection extends Db {
  refusal(): Promise<string | undefined>;
  keepDays(days: KeptDays): ReturnType<Days["keep"]>;
  close(): Promise<void>;
}

/** Reads that go side by side; each holds a connection as long as it lasts. */
const readers = 6;
/** Lists and checks that go side by side. */
const surveyors = 3;
const lists = {
  max: surveyors,
  busy: "Three long lists are being put together already: ask again, or for less.",
};
/** What `/metrics` and the console's figures are counted on: no list takes it from them. */
const gauges = { max: 1, busy: "The figures are being counted already: ask again." };
/** A beat that is not answered is worth nothing to a node that has to have one stored every 4 s. */
const apartMs = 2_000;
/** The connection on which is asked about another stands no longer than it is needed. */
const asideMs = 10_000;

type Statements = Pick<Db, "one" | "all" | "run" | "insert" | "update">;

/** Connects and migrates the database, or says in one sentence why it cannot. */
export async function connect(options: PostgresOptions): Promise<Connection> {
  const place = placeOf(options.url);
  const dialect = new Dialect();
  // Each time: it may be another server by then, or set otherwise.
  const demand = (session: Session) => demandDurable(session, place);
  const aside = new Sessions(options.url, dialect, { max: 1, patienceMs: apartMs, restsMs: asideMs });
  const silence = new Silence(aside, options.silence);
  const writing = new Sessions(options.url, dialect, { max: 1, demand, silence });
  const reading = new Sessions(options.url, dialect, { max: readers, silence });
  const surveying = new Sessions(options.url, dialect, { ...lists, silence });
  const gauging = new Sessions(options.url, dialect, { ...gauges, silence });
  const beating = new Sessions(options.url, dialect, { max: 1, demand, patienceMs: apartMs });
  const all = [aside, writing, reading, surveying, gauging, beating];
  const end = () => Promise.all(all.map((sessions) => sessions.end()));
  try {
    const days = new Days();
    const { identities, writer } = await begin(options.url, dialect, { place, days });
    const turns = new Turns();
    const committing = new Batches(writing, turns, writer, options);
    const asked = statements(identities);
    const keys = await committing.write(() => openDataKeys(asked, { ...options, place }));
    const read = reader(reading, turns);
    return {
      ...asked,
      mint: options.mint,
      windowMs: options.windowMs,
      vault: keys.vault,
      keys,
      steady: options.steady ?? Date.now,
      read,
      survey: reader(surveying),
      gauge: reader(gauging),
      apart: apart(beating),
      write: (work, how) => committing.write(() => counting(keys, work), how),
      keyed: keyedHash(await read(() => hashKey(asked))),
      // Old versions of rows go when PostgreSQL clears them away: docs/security.md says how to see to it.
      scrub: () => {},
      overwriteUnused: () => undefined,
      goesByDay: (id, before) => days.goesByDay(id, before),
      keepDays: (kept) => apartFrom(options.url, dialect, (session) => days.keep(session, kept)),
      refusal: () => refusal(committing, asked),
      close: async () => {
        await committing.stop();
        await end();
      },
    };
  } catch (error) {
    await end();
    throw explainOpening(error, place);
  }
}

/** By a connection of its own, which may take as long as a migration does. */
function begin(url: string, dialect: Dialect, { place, days }: { place: string; days: Days }) {
  return apartFrom(url, dialect, async (session) => {
    const identities = await prepare(session, place);
    await days.keep(session, { at: Date.now() });
    const writer: Writer = await takePart(session);
    return { identities, writer };
  });
}

async function apartFrom<Result>(
  url: string,
  dialect: Dialect,
  run: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(url, dialect, () => {});
  try {
    return await run(session);
  } finally {
    await session.end();
  }
}

/** Sees that the database is durable and has its schema. Gives each table's key that the database mints. */
async function prepare(session: Session, place: string): Promise<ReadonlyMap<string, string>> {
  await demandDurable(session, place);
  await migrate(session, place);
  const { rows } = await session.exec(
    "SELECT attrelid::regclass::text AS name, attname AS key FROM pg_attribute WHERE attidentity <> '' AND attrelid::regclass::text !~ '[.]'",
  );
  return new Map(rows.map(({ name, key }) => [String(name), String(key)]));
}

/** With what it sealed, in the same transaction. */
function* counting<Result>(keys: DataKeys, work: () => Work<Result>): Work<Result> {
  const result = yield* work();
  if (keys.isBehind) yield* keys.count();
  return result;
}

function statements(identities: ReadonlyMap<string, string>): Statements {
  return {
    *one<Row>(sql: string, ...values: Parameters<Db["one"]>[1][]) {
      return (yield { sql, values }).rows[0] as Row | undefined;
    },
    *all<Row>(sql: string, ...values: Parameters<Db["all"]>[1][]) {
      return (yield { sql, values }).rows as Row[];
    },
    *run(sql, ...values) {
      return (yield { sql, values }).changed;
    },
    *insert(table, row) {
      const identity = identities.get(table);
      const sql = insertionInto(table, row);
      const values = Object.values(row);
      if (identity === undefined) {
        yield { sql, values, isUnread: true };
        return 0;
      }
      const { rows } = yield { sql: `${sql} RETURNING ${identity} AS key`, values };
      return (rows[0] as { key: number } | undefined)?.key ?? 0;
    },
    *update(table, id, change) {
      if (Object.keys(change).length === 0) return;
      yield { sql: updateOf(table, change), values: [...Object.values(change), id], isUnread: true };
    },
  };
}

function* hashKey(db: Statements): Work<string> {
  const row = yield* db.one<{ value: string }>("SELECT value FROM settings WHERE key = 'hash_key'");
  if (row) return row.value;
  throw new GatewayError(
    "unavailable",
    "The key of the hashes is missing in the settings. Restore a backup.",
  );
}

/** Nobody may have written since PostgreSQL refused: only a write tells whether it takes one now. */
async function refusal(batches: Batches, db: Statements): Promise<string | undefined> {
  if (!batches.isRefusing) return undefined;
  if (batches.fullness !== undefined) return batches.fullness;
  try {
    await batches.write(() => probe(db));
    batches.noteRoom();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** More than the free space within a table's pages takes, and nothing that PostgreSQL could make smaller. */
function* probe(db: Statements): Work<void> {
  const value = randomBytes(48 * 1024).toString("base64");
  yield* db.run("INSERT INTO settings (key, value) VALUES ('probe', ?)", value);
  yield* db.run("DELETE FROM settings WHERE key = 'probe'");
}
