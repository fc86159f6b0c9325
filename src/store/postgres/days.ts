import { DatabaseError } from "pg";
import type { Session } from "./session.ts";

const dayMs = 86_400_000;
/** So long may whoever makes them be away. */
const daysAhead = 7;
/** Whoever holds what a change of days wants is not waited for any longer: they are made ahead, and dropped some time. */
const lockMs = 1_000;
const notNow = new Set(["55P03", "40P01"]);
/** What a day's owners have left is taken along when the day goes, if they are no more. */
const fewOwners = 1_000;
const sweptAtATime = 10_000;

interface Table {
  name: string;
  key: string;
  /** Whose rows they are, and how the ids of those begin. */
  owner: string;
  prefix: string;
}

const tables: readonly Table[] = [
  { name: "history", key: "message_id", owner: "messages", prefix: "msg" },
  { name: "delivery_attempts", key: "delivery_id", owner: "deliveries", prefix: "dlv" },
];

/** From one id to another, without it. */
interface Part {
  name: string;
  from: string;
  until: string;
  /** Undefined: of before there were days. */
  day?: number;
}

export interface KeptDays {
  /** Wall time. */
  at: number;
  /** Of days that ended by then nothing is kept longer than what it is of. */
  wholeBefore?: number;
}

/**
 * The days of what lies in parts by the day: made ahead, and dropped as a whole when nothing is left that their rows are
 * of. An id tells its day, for it is a UUID that begins with the milliseconds of its making.
 */
export class Days {
  #made: ReadonlyMap<string, ReadonlySet<number>> = new Map();

  /** Whether what is kept of an id goes with its day, once that is before. */
  goesByDay(id: string, before: number): boolean {
    const [prefix = "", uuid = ""] = id.split("_");
    const day = dayOf(Number.parseInt(uuid.slice(0, 12), 16));
    return day + dayMs <= before && this.#made.get(prefix)?.has(day) === true;
  }

  /** How many days went. What somebody else's lock is in the way of is left for the next time: it is not over then. */
  async keep(
    session: Session,
    { at, wholeBefore = 0 }: KeptDays,
  ): Promise<{ dropped: number; isOver: boolean }> {
    const made = new Map<string, Set<number>>();
    let dropped = 0;
    let isOver = true;
    for (const table of tables) {
      let parts = await partsOf(session, table);
      if (missing(parts, at).length > 0) {
        await changing(session, () => makeMissing(session, table, at));
        parts = await partsOf(session, table);
      }
      const end = boundary(table, dayOf(wholeBefore));
      const ended = parts.filter(({ until }) => until <= end);
      const { gone, isDone } = await dropAll(session, table, ended);
      dropped += gone.length;
      isOver &&= isDone;
      const days = parts.filter((part) => !gone.includes(part)).flatMap(({ day }) => day ?? []);
      made.set(table.prefix, new Set(days));
    }
    this.#made = made;
    return { dropped, isOver };
  }
}

function dayOf(at: number): number {
  return Math.floor(at / dayMs) * dayMs;
}

function boundary({ prefix }: Table, day: number): string {
  return `${prefix}_${Math.max(0, day).toString(16).padStart(12, "0")}`;
}

async function partsOf(session: Session, { name }: Table): Promise<Part[]> {
  const { rows } =
    await session.exec(`SELECT c.relname::text AS name, pg_get_expr(c.relpartbound, c.oid) AS bound
    FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = '${name}'::regclass`);
  return rows.flatMap(({ name, bound }) => {
    const [, from, until] = /FROM \((MINVALUE|'\w+')\) TO \('(\w+)'\)/.exec(String(bound)) ?? [];
    if (from === undefined || until === undefined) return [];
    if (from === "MINVALUE") return [{ name: String(name), from: "", until }];
    const first = from.slice(1, -1);
    return [{ name: String(name), from: first, until, day: Number.parseInt(first.split("_")[1]!, 16) }];
  });
}

/** Of yesterday too: a node's clock may be behind. None of before there were days. */
function missing(parts: readonly Part[], at: number): number[] {
  const today = dayOf(at);
  const wanted = Array.from({ length: daysAhead + 2 }, (_, index) => today + (index - 1) * dayMs);
  const first = parts.find(({ day }) => day === undefined)?.until.split("_")[1];
  return wanted.filter(
    (day) => day >= Number.parseInt(first ?? "0", 16) && !parts.some((part) => part.day === day),
  );
}

async function makeMissing(session: Session, table: Table, at: number): Promise<void> {
  // Another gateway may have made them meanwhile.
  for (const day of missing(await partsOf(session, table), at)) {
    const part = `${table.name}_${new Date(day).toISOString().slice(0, 10).replaceAll("-", "")}`;
    const [from, until] = [boundary(table, day), boundary(table, day + dayMs)];
    await session.exec(`CREATE TABLE ${part} (LIKE ${table.name} INCLUDING DEFAULTS);
      WITH early AS (DELETE FROM ${table.name}_rest WHERE ${table.key} >= '${from}' AND ${table.key} < '${until}' RETURNING *)
      INSERT INTO ${part} SELECT * FROM early;
      ALTER TABLE ${table.name} ATTACH PARTITION ${part} FOR VALUES FROM ('${from}') TO ('${until}')`);
  }
}

/** Gives those that went, and whether all were gone through. */
async function dropAll(
  session: Session,
  table: Table,
  parts: readonly Part[],
): Promise<{ gone: Part[]; isDone: boolean }> {
  const gone: Part[] = [];
  for (const part of parts) {
    const isGone = await drop(session, table, part);
    // To wait for the same lock again would hold up who writes again.
    if (isGone === undefined) return { gone, isDone: false };
    if (isGone) gone.push(part);
    else await sweep(session, table, part);
  }
  return { gone, isDone: true };
}

/** What is left of a few owners goes to the rest. False: they are many; undefined: not now. */
function drop(session: Session, table: Table, part: Part): Promise<boolean | undefined> {
  const owners = `SELECT id FROM ${table.owner} WHERE id >= '${part.from}' AND id < '${part.until}'`;
  const some = `SELECT count(*) AS count FROM (${owners} LIMIT ${fewOwners + 1}) AS owner`;
  return changing(session, async () => {
    if (Number((await session.exec(some)).rows[0]?.count) > fewOwners) return false;
    await session.exec(`ALTER TABLE ${table.name} DETACH PARTITION ${part.name};
      INSERT INTO ${table.name} SELECT * FROM ${part.name} WHERE ${table.key} IN (${owners}); DROP TABLE ${part.name}`);
    return true;
  });
}

/** What is kept of nothing, where a day cannot go. */
async function sweep(session: Session, table: Table, { name }: Part): Promise<void> {
  const orphans = `SELECT ctid FROM ${name} WHERE NOT EXISTS (
    SELECT 1 FROM ${table.owner} WHERE id = ${name}.${table.key}) LIMIT ${sweptAtATime}`;
  const once = `DELETE FROM ${name} WHERE ctid = ANY (ARRAY(${orphans}))`;
  while ((await session.exec(once)).changed > 0);
}

/** In one transaction, with the row that each write begins with, before any table; undefined: not now. */
async function changing<Result>(
  session: Session,
  change: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    await session.exec(`BEGIN; SET LOCAL lock_timeout = ${lockMs}; SELECT 1 FROM installation FOR UPDATE`);
    const result = await change();
    await session.exec("COMMIT");
    return result;
  } catch (error) {
    await session.exec("ROLLBACK");
    if (error instanceof DatabaseError && notNow.has(error.code ?? "")) return undefined;
    throw error;
  }
}
