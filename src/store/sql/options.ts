import type { PlatformName } from "../../core/platform.ts";
import type { Keyring } from "../keyring.ts";
import type { Mint } from "../store.ts";

/** Told of what becomes of commits. */
export interface CommitHooks {
  /** Told after every commit how many intentions it held, and how long it took. */
  onCommit?: (intentions: number, ms: number) => void;
  /** Told before anybody else when the disk or the database is broken: the process is to end, and start anew. */
  onBroken?: (sentence: string) => void;
}

/** What is handed in to open a store, on any engine. */
export interface StoreOptions extends CommitHooks {
  mint: Mint;
  /** How long after a contact's message a platform lets anything be sent; null: no such window. */
  windowMs: (platform: PlatformName) => number | null;
  /** By whose newest key all secrets in the store are sealed. */
  keyring: Keyring;
  /** How often one data key seals; only tests need another number than the usual one. */
  sealsPerKey?: number;
  /** Gateway time, for how long something has waited; the wall clock where nobody hands it in. */
  steady?: () => number;
}
