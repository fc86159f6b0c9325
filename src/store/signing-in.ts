/** One browser that is signed in to the console with an API key. */
export interface SessionRow {
  /** SHA-256 of what the browser keeps, in hex. */
  hash: string;
  keyId: string;
  /** The key's hash at that time: with another secret the session is over. */
  keyHash: string;
  createdAt: number;
  expiresAt: number;
}

/** Sessions of the console. */
export interface SigningInStore {
  /**
   * Of its key, the `most` that end last stay; the others, and all keys' that had ended when this one was made, are gone.
   * Gives the hashes of all that are gone.
   */
  addSession(session: SessionRow, most: number): Promise<string[]>;
  /** Nothing happens where it has ended meanwhile. */
  extendSession(hash: string, expiresAt: number): Promise<void>;
  /** Those that have not ended at `now`, the oldest first. */
  sessions(now: number): Promise<SessionRow[]>;
  /** Of one hash, or all. */
  endSessions(of: { hash: string } | "all"): Promise<void>;
}
