import { createHmac } from "node:crypto";
import type { SimulatedRequest } from "../../../core/simulation.ts";
import type { MetaApp } from "./apps.ts";
import { MetaRefusal } from "./refusal.ts";

/**
 * A call may prove that it comes from who knows the app's secret: the token's HMAC under it. Some apps require it.
 * Source: developers.facebook.com/docs/graph-api/guides/secure-requests, read 2026-11-21.
 */
export function checkProof({ query, body }: SimulatedRequest, token: string, app: MetaApp): void {
  const proof = query.appsecret_proof ?? body.appsecret_proof;
  if (proof === undefined && !app.requires_proof) return;
  if (proof === undefined) {
    const sentence = "API calls from the server require an appsecret_proof argument";
    throw new MetaRefusal(100, sentence, { type: "GraphMethodException" });
  }
  if (proof === createHmac("sha256", app.app_secret).update(token).digest("hex")) return;
  const sentence = "Invalid appsecret_proof provided in the API argument";
  throw new MetaRefusal(100, sentence, { type: "GraphMethodException" });
}
