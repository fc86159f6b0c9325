import type { Scope } from "../core/scope.ts";

/** An API key: all of it but the key itself. */
export interface KeyRow {
  id: string;
  name: string;
  /** SHA-256 of the whole key, in hex. */
  hash: string;
  scopes: Scope[];
  /** Channel ids. Empty: all. */
  channels: string[];
  createdAt: number;
  /** Not valid from then on. */
  expiresAt?: number;
  /** Roughly: not every use is written. */
  lastUsedAt?: number;
  revokedAt?: number;
}

/** API keys. `by`: the key that gives the rights, as it is in the same commit: what is revoked there gives none. */
export interface AuthorizingStore {
  addKey(key: KeyRow, by?: string): Promise<void>;
  /**
   * Of those that are given; an explicit undefined empties `expiresAt` and `revokedAt`. `conflict` where no key would
   * be left that is admin of all channels and never expires: nobody could let anybody in any more.
   */
  updateKey(id: string, change: Partial<Omit<KeyRow, "id" | "createdAt">>, by?: string): Promise<void>;
  /** Revoked ones too, the oldest first. */
  keys(): Promise<KeyRow[]>;
}
