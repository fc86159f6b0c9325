import { GatewayError } from "../core/problem.ts";
import { connect, type PostgresOptions } from "./postgres/connection.ts";
import type { Db, Work } from "./sql/db.ts";
import { leased, openParts } from "./sql/parts.ts";
import type { Store } from "./store.ts";

const backedUpElsewhere =
  "A database on PostgreSQL is backed up by PostgreSQL: pg_dump while the gateway runs, or pg_basebackup with archived WAL to go back to any moment. docs/operating.md says how.";

/**
 * The store in one PostgreSQL database, which other gateways may share. Rejects with a sentence when it was written by a
 * newer version, or would acknowledge what a power cut loses.
 */
export async function openPostgres(options: PostgresOptions): Promise<Store> {
  const connection = await connect(options);
  try {
    const store: Store = {
      ...(await openParts(connection)),
      copyTo: async () => refuse(),
      prove: async () => refuse(),
      // PostgreSQL uses what is free again by itself.
      giveSpaceBack: async () => false,
      keepDays: (days) => connection.keepDays(days),
      refusal: () => connection.refusal(),
      under: (lease) => leased(store, connection, lease),
      storeNow: () => connection.read(() => clock(connection)),
      close: () => connection.close(),
    };
    return store;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function* clock(db: Db): Work<number> {
  const sql = "SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now";
  return (yield* db.one<{ now: number }>(sql))!.now;
}

function refuse(): never {
  throw new GatewayError("conflict", backedUpElsewhere);
}
