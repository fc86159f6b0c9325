/** What one of Graph's error codes asks for. */
export type Remedy =
  | Retry
  | Rejected
  /** The token is refused: nothing leaves before the channel has another. */
  | { kind: "revoked"; hint: string }
  /** The message may have gone out all the same. */
  | { kind: "unknown"; hint: string };

interface Rejected {
  kind: "rejected";
  hint: string;
}

interface Retry {
  kind: "retry";
  scope: "contact" | "channel";
  afterSeconds?: number;
  /** Without it, the message's `ttl_seconds` alone ends the tries. */
  maxTries?: number;
  hint: string;
}

export const retry = (scope: Retry["scope"], hint: string, afterSeconds?: number): Retry => ({
  kind: "retry",
  scope,
  hint,
  ...(afterSeconds && { afterSeconds }),
});

/** The same for so many tries of a call in all. */
export const bounded = (maxTries: number, remedy: Retry): Retry => ({ ...remedy, maxTries });
export const revoked = (hint: string): Remedy => ({ kind: "revoked", hint });

export const rejected = (hint: string): Rejected => ({ kind: "rejected", hint });

/** Of code 2200, which any of the platforms may answer when a webhook is registered. */
export const unproven =
  "Meta asked the webhook's address to prove itself and got no answer: it must be reachable by HTTPS from outside.";
