import { GatewayError } from "../core/problem.ts";
import { contentIn, contentOf, faultsOf, fill, isNew, tablesFor } from "./moving/filling.ts";
import { HeldFile } from "./moving/held-file.ts";
import { demandDurable, demandOurs, notEmpty } from "./postgres/demands.ts";
import { Dialect } from "./postgres/dialect.ts";
import { explainOpening, isLost } from "./postgres/failure.ts";
import { migrate, plan } from "./postgres/migrate.ts";
import { openSession, placeOf, type Session } from "./postgres/session.ts";
import { unlock } from "./sql/data-keys.ts";
import type { StoreOptions } from "./sql/options.ts";
import { openSqlite, prove } from "./sqlite.ts";

export interface MoveOptions extends Pick<StoreOptions, "mint" | "keyring"> {
  file: string;
  /** Of the database that it goes to. */
  url: string;
  /** What is damaged in the file goes as it is: there too it is neither sent nor told. */
  isAsItIs: boolean;
  /** Told how far it is. */
  tell(sentence: string): void;
  /** What keeps gateways off the file, stored before the database has it all: never are there two that send. */
  mark: { begin(place: string): void; takeBack(): void };
}

/** What was moved. */
export interface Moved {
  place: string;
  tables: number;
  rows: number;
  /** It was there already: a former move had stored it and was not heard. */
  wasThere: boolean;
}

/** What would be moved, and what is damaged of it: a sentence each. */
export interface Rehearsed extends Omit<Moved, "wasThere"> {
  faults: string[];
}

export { placeOf } from "./postgres/session.ts";

const installId = "SELECT value FROM settings WHERE key = 'install_id'";

type Tables = Awaited<ReturnType<typeof tablesFor>>;

/**
 * Copies a store from its file into an empty PostgreSQL database, in one transaction that is committed only if every table holds
 * the same on both sides. Throws a sentence where anything speaks against it; then nothing has changed.
 */
export async function move(options: MoveOptions): Promise<Moved> {
  const { file, url } = options;
  return at(url, async (session, place) => {
    // First what is told at once: a large file takes minutes to be read.
    await demandRoom(session, file, place);
    await demandSound(options);
    return held(file, async (source) => {
      await migrate(session, place);
      return transfer(source, session, { ...options, place });
    });
  });
}

/** What `move` would do, so far as that is known without doing it: nothing is changed on either side. */
export function rehearse({
  file,
  url,
  keyring,
}: Pick<MoveOptions, "file" | "url" | "keyring">): Promise<Rehearsed> {
  return at(url, async (session, place) => {
    await demandRoom(session, file, place);
    await plan(session, place);
    const { faults } = prove(file);
    return held(file, (source) => {
      demandOpens(source, keyring, file);
      const tables = source.tables();
      const rows = tables.reduce((sum, { name }) => sum + source.countOf(name), 0);
      return { place, tables: tables.length, rows, faults };
    });
  });
}

async function at<Result>(
  url: string,
  run: (session: Session, place: string) => Promise<Result>,
): Promise<Result> {
  const place = placeOf(url);
  try {
    const session = await openSession(url, new Dialect());
    try {
      return await run(session, place);
    } finally {
      await session.end().catch(() => {});
    }
  } catch (error) {
    throw explainOpening(error, place);
  }
}

async function held<Result>(
  file: string,
  run: (source: HeldFile) => Result | Promise<Result>,
): Promise<Result> {
  const source = new HeldFile(file);
  try {
    return await run(source);
  } finally {
    source.close();
  }
}

/** Durable, and empty but for what a former move of this file may have left. */
async function demandRoom(session: Session, file: string, place: string): Promise<void> {
  await demandDurable(session, place);
  await demandOurs(session, place);
  const id = await held(file, (source) => source.setting("install_id"));
  const { rows } = await session.exec("SELECT to_regclass('settings') IS NOT NULL AS begun");
  if (rows[0]?.begun !== 1) return;
  const theirs = (await session.exec(installId)).rows[0]?.value;
  if (theirs !== undefined && theirs !== id) throw await otherStore(session, place);
}

/** The master key is there, and opens every data key. */
function demandOpens(source: HeldFile, keyring: MoveOptions["keyring"], place: string): void {
  unlock(source.dataKeys(), { install: source.setting("install_id") ?? "", keyring, place }, () => {});
}

/** Opens it as a start would, with the master key, so that what a crash left undone is done, and reads it through. */
async function demandSound({ file, mint, keyring, isAsItIs, tell }: MoveOptions): Promise<void> {
  await (await openSqlite({ file, mint, keyring, windowMs: () => null })).close();
  tell(`Reading ${file} through`);
  const { faults } = prove(file);
  if (faults.length > 0 && !isAsItIs)
    throw refuse(
      `${file} is damaged: ${faults.join("; ")}. Restore a backup first, or move it as it is: npm run move -- --as-it-is`,
    );
  for (const fault of faults) tell(`As it is: ${fault}`);
}

async function transfer(
  source: HeldFile,
  session: Session,
  options: MoveOptions & { place: string },
): Promise<Moved> {
  const { place, tell } = options;
  const tables = await tablesFor(source, session);
  // Whoever writes locks this row first: no gateway comes between.
  await session.exec(`BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL enable_seqscan = on;
    SELECT 1 FROM installation FOR UPDATE`);
  const moved = (rows: number, wasThere: boolean) => ({ place, tables: tables.length, rows, wasThere });
  if (!(await isNew(session, tables))) {
    const rows = await demandSame(source, session, tables, place);
    options.mark.begin(place);
    return moved(rows, true);
  }
  const contents = await fill(source, session, tables, tell);
  tell("Comparing both sides");
  let rows = 0;
  for (const table of tables) {
    const [was, is] = [contents.get(table.name)!, await contentOf(session, table)];
    if (was.hash !== is.hash || was.rows !== is.rows)
      throw refuse(
        `${table.name} came out otherwise: ${was.rows} rows in the file, ${is.rows} in the database.`,
      );
    rows += is.rows;
  }
  const faults = await faultsOf(session);
  if (faults.length > 0 && !options.isAsItIs)
    throw refuse(`What arrived does not hold together: ${faults.join("; ")}.`);
  await commit(session, options);
  return moved(rows, false);
}

async function commit(session: Session, { mark, place }: MoveOptions & { place: string }): Promise<void> {
  mark.begin(place);
  try {
    const { command } = await session.exec("COMMIT");
    if (command !== "COMMIT") throw refuse(`The commit was answered by ${command}.`);
  } catch (error) {
    if (isLost(error))
      throw refuse(
        "The connection was lost during the commit. Type npm run move again: it looks what became of it.",
      );
    mark.takeBack();
    throw error;
  }
}

/** What is there is this store as it stands in the file: a former move that was not heard. Gives its rows. */
async function demandSame(
  source: HeldFile,
  session: Session,
  tables: Tables,
  place: string,
): Promise<number> {
  if ((await session.exec(installId)).rows[0]?.value !== source.setting("install_id"))
    throw await otherStore(session, place);
  let rows = 0;
  for (const table of tables) {
    const [was, is] = [contentIn(source, table), await contentOf(session, table)];
    if (was.hash !== is.hash)
      throw refuse(
        `${capital(place)} has this store from a former move, and one of the two has changed since (${table.name}). If a gateway has worked on the database, the move is over: rename the file and start with DATABASE_URL. If only on the file since, make the database anew (DROP DATABASE, CREATE DATABASE) and type npm run move again.`,
      );
    rows += is.rows;
  }
  return rows;
}

/** One that a start has made, and nobody has worked with, is lightly given up: that is told. */
async function otherStore(session: Session, place: string): Promise<GatewayError> {
  const { rows } = await session.exec(`SELECT EXISTS (SELECT 1 FROM channels) OR EXISTS (SELECT 1 FROM apps)
    OR EXISTS (SELECT 1 FROM endpoints) OR EXISTS (SELECT 1 FROM messages) OR EXISTS (SELECT 1 FROM events) AS used`);
  if (rows[0]?.used === 1) return notEmpty(place, "another store");
  return refuse(
    `${capital(place)} is not empty: it holds another store, without a channel, an app, an endpoint, a message or an event, as a gateway leaves it that was started on it too early. If so, stop that gateway, make the database anew (DROP DATABASE, CREATE DATABASE) and type npm run move again.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
