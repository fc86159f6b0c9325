import { createHmac } from "node:crypto";

/**
 * The headers of a signed webhook, as Standard Webhooks 1.0.0 has them. `secret` is `whsec_<base64>`, the
 * signature covers `id.timestamp.body` with the body's exact bytes.
 */
export function signedHeaders(
  secret: string,
  id: string,
  atMs: number,
  body: string,
): Record<string, string> {
  const seconds = String(Math.floor(atMs / 1000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const digest = createHmac("sha256", key).update(`${id}.${seconds}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": `v1,${digest}` };
}
