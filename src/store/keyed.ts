import type { KeptAnswer, KeyedRequest } from "./rows.ts";

/** Requests with an Idempotency-Key, in gateway time; what has expired is unknown, and goes little by little as new ones come. */
export interface KeyedStore {
  keyedRequest(scope: string, at: number): Promise<KeyedRequest | undefined>;
  /** Before its work begins. `idempotency_key_in_use`: it is known. */
  claimKey(request: KeyedRequest, at: number): Promise<void>;
  /** After it; `conflict` unless it was claimed and not answered. */
  keepAnswer(scope: string, answer: KeptAnswer): Promise<void>;
  /** Its work came to nothing: forgotten, unless it was answered. */
  releaseKey(scope: string): Promise<void>;
}
