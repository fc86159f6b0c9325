import { createHmac } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";

/**
 * Hashes ids under a key of this store, for SQL too, as `keyed_hash`. The key lies in the store: the hash keeps a
 * number from being read by chance and from being found by its text, not from whoever has the key and tries all numbers.
 */
export function keyedHash(db: DatabaseSync): (id: string) => string {
  let key: string | undefined;
  const hash = (id: string) => {
    key ??= String(db.prepare("SELECT value FROM settings WHERE key = 'hash_key'").get()?.value);
    return createHmac("sha256", key).update(id).digest("base64url").slice(0, 22);
  };
  db.function("keyed_hash", { deterministic: true }, (id) => hash(String(id)));
  return hash;
}
