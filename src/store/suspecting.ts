/** Whose payload: a channel's, or an app's. */
export type PayloadKind = "payload" | "app_payload";

/** Payloads that may have ended the process: counted before they are read, forgotten when they are. */
export interface SuspectingStore {
  /** The highest id of each kind that is stored now: what a process that starts finds there. */
  lastPayloads(): Promise<Record<PayloadKind, number>>;
  /** How often the reading of each was counted until now; those of which it was not are left out. */
  tries(kind: PayloadKind, ids: number[]): Promise<ReadonlyMap<number, number>>;
  /** Counts that each of these is about to be read. */
  countTry(kind: PayloadKind, ids: number[]): Promise<void>;
  /** Takes one try back: the reading of it ended, and the process did not. */
  uncountTry(kind: PayloadKind, id: number): Promise<void>;
}
