/** What a copy of the store was found to hold, and what is wrong with it. */
export interface Proof {
  /** Sentences; empty: it can be believed. */
  faults: string[];
  messages: number;
  /** By state; together as many as were ever accepted and are kept. */
  calls: Record<string, number>;
  events: number;
  /** The newest thing that it knows of, by the wall clock. */
  newestAt?: number;
}

/** Copies of the whole store, to go back to. */
export interface BackingStore {
  /** Writes all that is stored into a new file, while reading and writing go on: as it is when the last part is copied. */
  copyTo(file: string): Promise<void>;
  /** Reads a copy whole, beside everything else: its structure, its checksums, and whether its numbers agree. */
  prove(file: string): Promise<Proof>;
  /**
   * Of a copy that is gone back to: calls that are open may have left since it was made. So many of them become
   * `unknown`, for a person to decide. How many they were.
   */
  setOpenAside(at: number, limit: number): Promise<number>;
}
