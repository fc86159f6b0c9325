import { DatabaseError } from "pg";
import { GatewayError } from "../../core/problem.ts";
import type { Forward } from "../migrating.ts";
import { demandMayMake, demandOurs } from "./demands.ts";
import { channels } from "./migrations/0001-channels.ts";
import { messages } from "./migrations/0002-messages.ts";
import { webhooks } from "./migrations/0003-webhooks.ts";
import { deliveries } from "./migrations/0004-deliveries.ts";
import { counters } from "./migrations/0005-counters.ts";
import { nodes } from "./migrations/0006-nodes.ts";
import { writers } from "./migrations/0007-writers.ts";
import { shardKeys } from "./migrations/0008-shard-keys.ts";
import { keyedNodes } from "./migrations/0009-keyed-nodes.ts";
import { days } from "./migrations/0010-days.ts";
import type { Session } from "./session.ts";

type Migrations = Readonly<Record<string, string>>;

/** In order; `schema_version` is how many of them a database has had. A published one never changes. */
export const migrations: Migrations = {
  "0001-channels": channels,
  "0002-messages": messages,
  "0003-webhooks": webhooks,
  "0004-deliveries": deliveries,
  "0005-counters": counters,
  "0006-nodes": nodes,
  "0007-writers": writers,
  "0008-shard-keys": shardKeys,
  "0009-keyed-nodes": keyedNodes,
  "0010-days": days,
};

/** Any number will do that nobody else in the database takes: "anti" in ASCII. */
const migrating = 0x616e7469;

/**
 * What is there once: how far its schema is, and how many gateways were ever started (`generation`). Whoever writes
 * locks this row: one batch of one gateway at a time. (`batch`: of before there could be several gateways.)
 */
const installation = `CREATE TABLE IF NOT EXISTS installation (
  single boolean PRIMARY KEY DEFAULT true CHECK (single),
  schema_version bigint NOT NULL DEFAULT 0,
  generation bigint NOT NULL DEFAULT 0,
  batch bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
INSERT INTO installation DEFAULT VALUES ON CONFLICT DO NOTHING;`;

/**
 * Others that hold what a migration wants to change, and wait for what it has changed: after this both go on, and the
 * migration begins anew. A node that could store no beat for 4 s would stop.
 */
const lockMs = 1_500;
const tries = 20;
const lockNotAvailable = "55P03";
const deadlock = "40P01";

/**
 * Brings a database up to this version in one transaction, one gateway at a time, and refuses what a newer version has
 * written. Gateways of the version before may be running: their writes wait until it is over.
 */
export async function migrate(session: Session, place: string, all = migrations): Promise<Forward> {
  for (let tried = 1; ; tried++) {
    const planned = await plan(session, place, all);
    if (planned.steps.length === 0) return planned;
    try {
      return await run(session, place, all);
    } catch (error) {
      await session.exec("ROLLBACK");
      const code = error instanceof DatabaseError ? error.code : undefined;
      if (tried === tries || (code !== lockNotAvailable && code !== deadlock)) throw error;
      await session.exec("SELECT pg_sleep(0.25)");
    }
  }
}

/** What `migrate` would do now; rejects with a sentence where it would be refused. */
export async function plan(session: Session, place: string, all = migrations): Promise<Forward> {
  const isMade = await demandOurs(session, place);
  const forward = forwardFrom(isMade ? await versionIn(session, place, all) : 0, all);
  if (forward.steps.length > 0) await demandMayMake(session, place);
  return forward;
}

async function run(session: Session, place: string, all: Migrations): Promise<Forward> {
  await session.exec(`BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${migrating})`);
  // The row that each write begins with, before any table: whoever has it ends first, and nobody waits crosswise.
  await session.exec(
    `SET LOCAL lock_timeout = ${lockMs}; ${installation} SELECT 1 FROM installation FOR UPDATE`,
  );
  const forward = forwardFrom(await versionIn(session, place, all), all);
  for (const step of forward.steps) await session.exec(all[step]!);
  await session.exec(`UPDATE installation SET schema_version = ${forward.to}; COMMIT`);
  return forward;
}

function forwardFrom(from: number, all: Migrations): Forward {
  const names = Object.keys(all);
  return { from, to: names.length, steps: names.slice(from) };
}

async function versionIn(session: Session, place: string, all: Migrations): Promise<number> {
  const { rows } = await session.exec("SELECT schema_version AS version FROM installation");
  const version = Number(rows[0]?.version);
  const known = Object.keys(all).length;
  if (version <= known) return version;
  throw new GatewayError(
    "unavailable",
    `${sentence(place)} was written by a newer version of Antiphon (its schema is ${version}, this one knows ${known}). Start the newer version, or restore a backup.`,
  );
}

function sentence(place: string): string {
  return place.charAt(0).toUpperCase() + place.slice(1);
}
