import type { InboundRequest, Verdict } from "../../core/platform.ts";
import { isSameSecret } from "../access.ts";
import { forged, verifySignature } from "./signature.ts";

/** Meta's own challenges have about ten digits; longer ones are somebody using us as an echo. */
const maxChallenge = 256;

/** Genuine is what is signed with an app secret; the handshake of a registration carries our verify token instead. */
export function verifyWebhook(request: InboundRequest, appSecrets: string, verifyToken: string): Verdict {
  if (request.method === "GET") return answerChallenge(request, verifyToken);
  if (request.method !== "POST") return forged("Meta posts its webhooks.");
  return verifySignature(request, appSecrets);
}

function answerChallenge({ query }: InboundRequest, verifyToken: string): Verdict {
  const token = query["hub.verify_token"];
  const challenge = query["hub.challenge"];
  if (query["hub.mode"] !== "subscribe") return forged("The hub.mode is not subscribe.");
  if (typeof token !== "string" || !isSameSecret(token, verifyToken)) {
    return forged("The hub.verify_token is not the one that was given to Meta.");
  }
  if (typeof challenge !== "string" || challenge === "" || challenge.length > maxChallenge) {
    return forged(`The hub.challenge must have 1 to ${maxChallenge} characters.`);
  }
  return { kind: "challenge", reply: challenge };
}
