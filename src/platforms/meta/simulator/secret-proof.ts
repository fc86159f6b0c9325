import { createHmac } from "node:crypto";
import type { SimulatedRequest } from "../../../core/simulation.ts";
import { MetaRefusal } from "./refusal.ts";

/**
 * A call may prove that it comes from who knows the app's secret: the token's HMAC under it. None is required here.
 * Source: developers.facebook.com/docs/graph-api/guides/secure-requests, read 2026-11-21.
 */
export function checkProof({ query, body }: SimulatedRequest, token: string, appSecret: string): void {
  const proof = query.appsecret_proof ?? body.appsecret_proof;
  if (proof === undefined) return;
  if (proof === createHmac("sha256", appSecret).update(token).digest("hex")) return;
  const sentence = "Invalid appsecret_proof provided in the API argument";
  throw new MetaRefusal(100, sentence, { type: "GraphMethodException" });
}
