import type { DatabaseSync } from "node:sqlite";
import { keyedHash } from "../sql/keyed-hash.ts";

/** For SQL too, as `keyed_hash`: a migration hashes what older versions stored, by the key that it makes before. */
export function keyedIn(db: DatabaseSync): (id: string) => string {
  let hash: ((id: string) => string) | undefined;
  const keyed = (id: string) => {
    hash ??= keyedHash(String(db.prepare("SELECT value FROM settings WHERE key = 'hash_key'").get()?.value));
    return hash(id);
  };
  db.function("keyed_hash", { deterministic: true }, (id) => keyed(String(id)));
  return keyed;
}
