import { createHash } from "node:crypto";

/** 32 bytes that are kept apart from the data: they wrap the keys that seal it, and nothing else. */
export interface MasterKey {
  /** The first 8 hex digits of its hash: names it to people, and tells nothing of it. */
  name: string;
  bytes: Uint8Array;
}

export function masterKey(bytes: Uint8Array): MasterKey {
  return {
    name: createHash("sha256").update("antiphon master key").update(bytes).digest("hex").slice(0, 8),
    bytes,
  };
}

/** Where the master keys come from. Handed in: the store reads no file but its own. */
export interface Keyring {
  /** The newest first, which wraps; the others only read. Empty: there is none yet. A mistake is thrown as a sentence. */
  read(): MasterKey[];
  /** Makes and keeps one, for a store in which nothing is sealed yet. */
  make(): MasterKey;
  /** Where they stand, as a sentence names it. */
  source: string;
}

/** How far the secrets are sealed by the newest key. */
export interface SealingState {
  /** Of the master key in force. */
  masterKey: string;
  /** Nothing is sealed by an earlier key. */
  isDone: boolean;
  /** Rows of the change under way, or of the last one of this process. */
  done: number;
  total: number;
}

/** Secrets at rest. What stands in `sealedColumns` leaves the store in plain text, and is never written so. */
export interface SealingStore {
  sealing(): Promise<SealingState>;
  /**
   * Reads the master keys again: the newest wraps from this commit on, and a new data key seals. `conflict` where the
   * newest is in force already, or where the one in force is missing: it is still needed if this is cut short.
   */
  changeMasterKey(): Promise<SealingState>;
  /** Opens and seals by the data keys that other nodes have made since, too. */
  takeInKeys(): Promise<void>;
  /** Seals up to `limit` rows anew that an earlier data key sealed; true: none is left, and those keys are gone. */
  resealSome(limit: number): Promise<boolean>;
}
