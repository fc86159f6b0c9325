import { GatewayError } from "../../core/problem.ts";
import { channels } from "./migrations/0001-channels.ts";
import { messages } from "./migrations/0002-messages.ts";
import { webhooks } from "./migrations/0003-webhooks.ts";
import { deliveries } from "./migrations/0004-deliveries.ts";
import { counters } from "./migrations/0005-counters.ts";
import { nodes } from "./migrations/0006-nodes.ts";
import { writers } from "./migrations/0007-writers.ts";
import type { Session } from "./session.ts";

/** In order; `schema_version` is how many of them a database has had. A published one never changes. */
const migrations: readonly string[] = [channels, messages, webhooks, deliveries, counters, nodes, writers];

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

/** Brings a database up to this version in one transaction, one gateway at a time; refuses what a newer version has written. */
export async function migrate(session: Session, place: string): Promise<void> {
  const { rows } = await session.exec("SELECT to_regclass('installation') IS NOT NULL AS made");
  if (rows[0]?.made === 1 && (await versionIn(session, place)) === migrations.length) return;
  await session.exec(`BEGIN; SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${migrating})`);
  try {
    await session.exec(installation);
    const version = await versionIn(session, place);
    for (const migration of migrations.slice(version)) await session.exec(migration);
    await session.exec(`UPDATE installation SET schema_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    await session.exec("ROLLBACK");
    throw error;
  }
}

async function versionIn(session: Session, place: string): Promise<number> {
  const { rows } = await session.exec("SELECT schema_version AS version FROM installation");
  const version = Number(rows[0]?.version);
  demandKnown(version, place);
  return version;
}

function demandKnown(version: number, place: string): void {
  if (version <= migrations.length) return;
  throw new GatewayError(
    "unavailable",
    `${sentence(place)} was written by a newer version of Antiphon (its schema is ${version}, this one knows ${migrations.length}). Start the newer version, or restore a backup.`,
  );
}

function sentence(place: string): string {
  return place.charAt(0).toUpperCase() + place.slice(1);
}
