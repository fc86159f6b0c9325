import { createHmac } from "node:crypto";

/**
 * Hashes ids under a key of this store. The key lies in the store: the hash keeps a number from being read by chance
 * and from being found by its text, not from whoever has the key and tries all numbers.
 */
export function keyedHash(key: string): (id: string) => string {
  return (id) => createHmac("sha256", key).update(id).digest("base64url").slice(0, 22);
}
