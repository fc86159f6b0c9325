import { createHmac, timingSafeEqual } from "node:crypto";
import type { InboundRequest, Verdict, WebhookSignature } from "../../core/platform.ts";

/**
 * Checks `X-Hub-Signature-256` over the raw bytes. `appSecrets` are one or several, parted by white space or commas,
 * so that a secret can be changed without losing a webhook.
 */
export function verifySignature(request: InboundRequest, appSecrets: string): Verdict {
  const header = request.headers["x-hub-signature-256"];
  if (header === undefined) return forged("The request carries no X-Hub-Signature-256.");
  const hex = typeof header === "string" ? /^sha256=([0-9a-f]{64})$/.exec(header)?.[1] : undefined;
  if (!hex) return forged("The X-Hub-Signature-256 is doubled or malformed.");
  const given = Buffer.from(hex, "hex");
  const bodies = [request.rawBody, ...escaped(request.rawBody)];
  // Every secret is tried, so that the time does not tell which one fits.
  const fits = secretsIn(appSecrets)
    .flatMap((secret) => bodies.map((body) => signature(body, secret)))
    .filter((own) => timingSafeEqual(own, given));
  return fits.length > 0 ? { kind: "genuine" } : forged("The signature is by none of the app secrets.");
}

/** `X-Hub-Signature-256` as Meta makes it, by the newest of the secrets that `secretsOf` gives. */
export function hubSignature<From>(secretsOf: (from: From) => string): WebhookSignature<From> {
  const header = (body: string, secret: string) =>
    `sha256=${Buffer.from(signature(body, secret)).toString("hex")}`;
  return {
    header: "x-hub-signature-256",
    sign(body, from) {
      const [newest] = secretsIn(secretsOf(from));
      return newest === undefined ? undefined : header(body, newest);
    },
    fits: (given, body, from) => secretsIn(secretsOf(from)).some((secret) => header(body, secret) === given),
  };
}

/** The secrets in one credential: the new one first, while they change. */
export function secretsIn(appSecrets: string): string[] {
  return appSecrets.split(/[\s,]+/).filter((secret) => secret !== "");
}

function signature(body: Uint8Array | string, secret: string): Uint8Array {
  return createHmac("sha256", secret).update(body).digest();
}

/**
 * Proves with a call that whoever makes it knows the app's secret: a stolen token alone is worth nothing to an app that
 * requires it. Source: developers.facebook.com/docs/graph-api/guides/secure-requests, read 2026-11-22.
 */
export function appSecretProof(token: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(token).digest("hex");
}

/** Escaping is work for bodies that nobody has vouched for yet: 64 KiB take some milliseconds. */
const maxEscapedBytes = 64 * 1024;

/**
 * Meta says that it signs an escaped body (`ä` as `\u00e4`), and posts that same body. Should something on the way
 * have unescaped it, this is what was signed. Nothing for a body of ASCII alone, or for a large one.
 * Source: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks, read 2026-11-21.
 */
function escaped(rawBody: Uint8Array): string[] {
  if (rawBody.length > maxEscapedBytes || isAscii(rawBody)) return [];
  const text = new TextDecoder().decode(rawBody);
  return [text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)];
}

/** Nearly every body is: a loop takes a tenth of what a function for each byte takes. */
function isAscii(bytes: Uint8Array): boolean {
  for (let at = 0; at < bytes.length; at++) if (bytes[at]! >= 0x80) return false;
  return true;
}

export function forged(reason: string): Verdict {
  return { kind: "forged", reason };
}
