import { GatewayError } from "../../core/problem.ts";
import type { Session } from "./session.ts";

const oldest = 150_000;

/** What a commit is worth nothing without, and where it is set. */
const durable: Record<string, string> = {
  fsync: "Set fsync = on in postgresql.conf and restart PostgreSQL.",
  full_page_writes: "Set full_page_writes = on in postgresql.conf and reload PostgreSQL.",
  synchronous_commit:
    "Set synchronous_commit = on (or remote_apply, remote_write, local) in postgresql.conf, and for this user and database: ALTER ROLE … RESET synchronous_commit.",
};

/** Refuses a server that would acknowledge what a power cut loses, or that is none that the gateway knows, in a sentence. */
export async function demandDurable(session: Session, place: string): Promise<void> {
  const { rows } = await session.exec("SELECT name, setting FROM pg_settings");
  const setting = new Map(rows.map(({ name, setting }) => [String(name), String(setting)]));
  const version = Number(setting.get("server_version_num"));
  if (version < oldest)
    throw refuse(`This is PostgreSQL ${setting.get("server_version")}; Antiphon needs 15 or newer.`);
  for (const [name, remedy] of Object.entries(durable)) {
    if (setting.get(name) !== "off") continue;
    throw refuse(`PostgreSQL has ${name}=off, by which a power cut loses what was acknowledged. ${remedy}`);
  }
  const encoding = setting.get("server_encoding");
  if (encoding !== "UTF8")
    throw refuse(
      `The encoding of ${place} is ${encoding}. Make it anew: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.`,
    );
  if (setting.get("session_replication_role") !== "origin")
    throw refuse(
      "PostgreSQL has session_replication_role set, by which no trigger runs and no reference is checked. For this user and database: ALTER ROLE … RESET session_replication_role.",
    );
  if (setting.get("transaction_read_only") === "on")
    throw refuse(
      `One may only read in ${place}: it is a standby, or set so. Name the primary in DATABASE_URL.`,
    );
}

/**
 * Refuses a database that only others have tables in, before a migration runs into one of the same name; an extension's do not count.
 * Gives whether ours are there. One statement: another gateway may make them meanwhile.
 */
export async function demandOurs(session: Session, place: string): Promise<boolean> {
  const { rows } = await session.exec(`SELECT to_regclass('installation') IS NOT NULL AS ours,
    EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT 1 FROM pg_depend
        WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype = 'e')) AS taken`);
  const isOurs = rows[0]?.ours === 1;
  if (!isOurs && rows[0]?.taken === 1) throw notEmpty(place, "tables that are not Antiphon's");
  return isOurs;
}

/** Refuses a user who may not make tables where they would be made: every migration needs that. */
export async function demandMayMake(session: Session, place: string): Promise<void> {
  const { rows } = await session.exec(
    "SELECT coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may",
  );
  if (rows[0]?.may !== 1) throw refuse(mayNotMake(place));
}

/** The way out of a database that another owns. */
export function mayNotMake(place: string): string {
  return `The user may not make or change tables in ${place}. It has to own the database and what Antiphon has in it: ALTER DATABASE … OWNER TO …, and for tables that another user has made there REASSIGN OWNED BY … TO …; no GRANT is enough to change tables of another.`;
}

/** That it holds what the gateway may not touch. */
export function notEmpty(place: string, what: string): GatewayError {
  return refuse(
    `${place.charAt(0).toUpperCase()}${place.slice(1)} is not empty: it holds ${what}. Make an empty one: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0, and name it in DATABASE_URL.`,
  );
}

function refuse(sentence: string): GatewayError {
  return new GatewayError("unavailable", sentence);
}
