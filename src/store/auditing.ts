import type { Page, PageRequest } from "./paging.ts";

/** Something that was asked of the gateway by whoever manages it. */
export interface AuditEntry {
  at: number;
  keyId: string;
  keyName: string;
  /** The route: `PATCH /v1/channels/{id}`. */
  action: string;
  /** The id that it names, or that it made. */
  target?: string;
  /** Names of the fields that were given; never what is in them. */
  fields: string[];
  /** Where the request came from. */
  address: string;
  /** The status that it was answered with. */
  status: number;
}

export interface AuditRow extends AuditEntry {
  /** Grows by one. */
  number: number;
  /** Of this entry and all before it. */
  hash: string;
}

export interface AuditFilter extends PageRequest {
  action?: string;
  target?: string;
  keyId?: string;
}

/** Part of a check of the chain. `broken`: the first entry that is not as it was written, or is missing. */
export interface AuditCheck {
  broken?: number;
  /** The last entry that fits; pass it to go on. Absent: the check is over. */
  next?: number;
  /** At the end: how many entries fit, and the last one's hash. */
  head?: { number: number; hash: string };
}

/** What was done by whom: entries are added and, when they are old, dropped from the front; none is ever changed. */
export interface AuditingStore {
  /** Gives its hash, which commits to all before it. */
  addAudit(entry: AuditEntry): Promise<AuditRow>;
  audit(filter: AuditFilter): Promise<Page<AuditRow>>;
  checkAudit(after?: number): Promise<AuditCheck>;
}
