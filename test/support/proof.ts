import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { HttpRequest } from "../../src/core/platform.ts";

/** The address of a request, with `proven` in place of its `appsecret_proof`, which must be its token's under the secret. */
export function addressOf({ url, headers }: HttpRequest, secret: string): string {
  const found = /[?&]appsecret_proof=([0-9a-f]{64})$/.exec(url);
  if (!found) return url;
  const token = headers.authorization?.replace("Bearer ", "") ?? "";
  assert.equal(found[1], createHmac("sha256", secret).update(token).digest("hex"));
  return `${url.slice(0, found.index)} proven`;
}
