/** What one of Graph's error codes asks for. */
export type Remedy =
  | Retry
  | Rejected
  /** The token is refused: nothing leaves before the channel has another. */
  | { kind: "revoked"; hint: string }
  /** The account is restricted: nothing leaves before it is not. */
  | { kind: "restricted"; hint: string }
  /** The message may have gone out all the same. */
  | { kind: "unknown"; hint: string };

interface Rejected {
  kind: "rejected";
  hint: string;
  /** Of the account, not of this message. */
  isOfAccount?: true;
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

/** Other messages of the account are refused for the same, though not all. */
export const limited = (hint: string): Rejected => ({ kind: "rejected", hint, isOfAccount: true });

export const restricted = (hint: string): Remedy => ({ kind: "restricted", hint });

export const rejected = (hint: string): Rejected => ({ kind: "rejected", hint });

/** Of code 2200, which any of the platforms may answer when a webhook is registered. */
export const unproven =
  "Meta asked the webhook's address to prove itself and got no answer: it must be reachable by HTTPS from outside.";
