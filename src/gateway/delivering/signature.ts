import { createHmac } from "node:crypto";

/**
 * The headers of a signed webhook, as Standard Webhooks 1.0.0 has them. Each secret is `whsec_<base64>` and gives a
 * signature of its own, so that one can be changed for another: a receiver takes what fits its own. A signature
 * covers `id.timestamp.body` with the body's exact bytes.
 */
export function signedHeaders(
  secrets: readonly string[],
  id: string,
  atMs: number,
  body: string,
): Record<string, string> {
  const seconds = String(Math.floor(atMs / 1000));
  const signatures = secrets.map((secret) => `v1,${signature(secret, `${id}.${seconds}.${body}`)}`);
  return { "webhook-id": id, "webhook-timestamp": seconds, "webhook-signature": signatures.join(" ") };
}

function signature(secret: string, signed: string): string {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  return createHmac("sha256", key).update(signed).digest("base64");
}
