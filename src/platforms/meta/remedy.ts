/** What one of Graph's error codes asks for. */
export type Remedy =
  | Retry
  | Rejected
  /** The message may have gone out all the same. */
  | { kind: "unknown"; hint: string };

interface Rejected {
  kind: "rejected";
  hint: string;
  /** Only because the file could not be had from its link. */
  isUnfetched?: true;
}

interface Retry {
  kind: "retry";
  scope: "contact" | "channel";
  afterSeconds?: number;
  hint: string;
}

export const retry = (scope: Retry["scope"], hint: string, afterSeconds?: number): Retry => ({
  kind: "retry",
  scope,
  hint,
  ...(afterSeconds && { afterSeconds }),
});

export const rejected = (hint: string): Rejected => ({ kind: "rejected", hint });

/** Of code 2200, which any of the platforms may answer when a webhook is registered. */
export const unproven =
  "Meta asked the webhook's address to prove itself and got no answer: it must be reachable by HTTPS from outside.";
