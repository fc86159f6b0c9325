import { createHash, timingSafeEqual } from "node:crypto";

/**
 * Compares in a time that tells nothing of either text: hashed, whatever their lengths. An empty secret equals
 * nothing. For every platform's `access.ts`.
 */
export function isSameSecret(given: string, secret: string): boolean {
  return secret !== "" && timingSafeEqual(digest(given), digest(secret));
}

/** A text of any length in 64 characters: what tells one from another where there is no room for it. */
export function fingerprint(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
