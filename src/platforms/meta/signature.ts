import { createHmac, timingSafeEqual } from "node:crypto";
import type { InboundRequest, Verdict } from "../../core/platform.ts";

/**
 * Checks `X-Hub-Signature-256` over the raw bytes, as Meta signs them. `appSecrets` are one or several, parted by
 * white space or commas, so that a secret can be changed without losing a webhook.
 */
export function verifySignature(request: InboundRequest, appSecrets: string): Verdict {
  const header = request.headers["x-hub-signature-256"];
  if (header === undefined) return forged("The request carries no X-Hub-Signature-256.");
  const hex = typeof header === "string" ? /^sha256=([0-9a-f]{64})$/.exec(header)?.[1] : undefined;
  if (!hex) return forged("The X-Hub-Signature-256 is doubled or malformed.");
  const given = Buffer.from(hex, "hex");
  const secrets = appSecrets.split(/[\s,]+/).filter((secret) => secret !== "");
  // Every secret is tried, so that the time does not tell which one fits.
  const fits = secrets.filter((secret) => timingSafeEqual(signature(request.rawBody, secret), given));
  return fits.length > 0 ? { kind: "genuine" } : forged("The signature is by none of the app secrets.");
}

function signature(rawBody: Uint8Array, secret: string): Uint8Array {
  return createHmac("sha256", secret).update(rawBody).digest();
}

export function forged(reason: string): Verdict {
  return { kind: "forged", reason };
}
