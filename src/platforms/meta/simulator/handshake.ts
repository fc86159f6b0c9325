import type { Json } from "../../../core/json.ts";
import type { Handling, SimulatedAnswer, World } from "../../../core/simulation.ts";

/**
 * Asks a callback URL to prove itself, as Meta does whenever one is set; `settle` answers the call that set it. The
 * URL may be http and on this machine, for work without a certificate.
 */
export function handshake(
  world: World,
  callback: { url: string; verifyToken: string },
  settle: (passed: boolean) => SimulatedAnswer,
): Handling {
  const challenge = String(Number.parseInt(world.random(8), 16));
  const asked = new URL(callback.url);
  asked.searchParams.set("hub.mode", "subscribe");
  asked.searchParams.set("hub.challenge", challenge);
  asked.searchParams.set("hub.verify_token", callback.verifyToken);
  return { kind: "handshake", url: asked.href, expects: challenge, settle };
}

export const isCallbackUrl = (value: Json | undefined): value is string =>
  typeof value === "string" && /^https?:/.test(value) && URL.canParse(value);
