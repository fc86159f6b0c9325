import type { InboundRequest, Verdict } from "../../core/platform.ts";
import { isSameSecret } from "../access.ts";
import { forged } from "./signature.ts";

/** Meta's own challenges have about ten digits; longer ones are somebody using us as an echo. */
const maxChallenge = 256;

/** Answers the handshake that Meta makes, unsigned, when a webhook is registered. */
export function answerChallenge({ query }: InboundRequest, verifyToken: string): Verdict {
  const token = query["hub.verify_token"];
  const challenge = query["hub.challenge"];
  if (query["hub.mode"] !== "subscribe") return forged("The hub.mode is not subscribe.");
  if (typeof token !== "string" || !isSameSecret(token, verifyToken)) {
    return forged("The hub.verify_token is not this channel's.");
  }
  if (typeof challenge !== "string" || challenge === "" || challenge.length > maxChallenge) {
    return forged(`The hub.challenge must have 1 to ${maxChallenge} characters.`);
  }
  return { kind: "challenge", reply: challenge };
}
