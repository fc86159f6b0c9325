import type { PostgresOptions } from "../postgres/connection.ts";
import { openPostgres } from "../postgres.ts";
import type { Store } from "../store.ts";
import { keyring, mint, windowMs } from "./harness.ts";

/** Opens a database as the tests do, in whatever process. */
export function openStore(url: string, more: Partial<PostgresOptions> = {}): Promise<Store> {
  return openPostgres({ url, mint, windowMs, keyring, ...more });
}
