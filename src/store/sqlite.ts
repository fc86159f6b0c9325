import { leased, openParts } from "./sql/parts.ts";
import { backingPart } from "./sqlite/backing.ts";
import { connect, type SqliteOptions } from "./sqlite/connection.ts";
import type { Store } from "./store.ts";

export { isHeld, planOf } from "./sqlite/connection.ts";
export { isBusy } from "./sqlite/failure.ts";
export { prove } from "./sqlite/prove.ts";

/**
 * The store in one SQLite file, owned by this process alone until it is closed. Rejects with a sentence when the
 * file is in use, was written by a newer version, or cannot be made durable.
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const connection = connect(options);
  const store: Store = {
    ...(await openParts(connection)),
    ...backingPart(connection),
    // A file has one part, and what is deleted of it is overwritten.
    keepDays: async () => ({ dropped: 0, isOver: true }),
    refusal: () => connection.refusal(),
    under: (lease) => leased(store, connection, lease),
    storeNow: async () => Date.now(),
    close: async () => connection.close(),
  };
  return store;
}
