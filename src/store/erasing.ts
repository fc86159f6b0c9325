import type { Page, PageRequest } from "./paging.ts";
import type { ContactRow } from "./rows.ts";

/** A contact whose content goes, or has gone. Of the contact nothing else is known any more. */
export interface ErasureRow {
  contactId: string;
  channelId: string;
  askedAt: number;
  /** When nothing was left; absent: under way. */
  erasedAt?: number;
  /** How many messages have lost their content so far. */
  messages: number;
}

/** What of a contact is stored, in parts: each an object with a `kind`. */
export type ContactRecord = { kind: string; [field: string]: unknown };

/** Contacts: who is known, all that is stored of one, and its erasure. */
export interface ErasingStore {
  contacts(filter: PageRequest & { channelIds?: readonly string[] }): Promise<Page<ContactRow>>;
  contact(id: string): Promise<ContactRow | undefined>;
  /** The contact's own conversation, then those that were merged into it. */
  conversationsOf(contactId: string): Promise<string[]>;
  /** All that is stored of a contact, the oldest first of each kind, some at a time: pass `next` to go on. */
  contactRecords(
    contactId: string,
    after?: string,
  ): Promise<{ records: ContactRecord[]; next: string | undefined }>;
  /** Makes a contact unknown at once, so that who writes under its names is a new one; the rest is for `eraseSome`. */
  beginErasure(contactId: string, at: number): Promise<ErasureRow>;
  erasure(contactId: string): Promise<ErasureRow | undefined>;
  /** Those under way, the oldest first. */
  openErasures(): Promise<ErasureRow[]>;
  /**
   * Erases a part, small enough to delay nobody. `waits`: something of the contact is on its way to the platform, so
   * ask again; `gone`: only copies in unused space may be left, which `overwriteUnused` ends.
   */
  eraseSome(contactId: string, at: number): Promise<"more" | "waits" | "gone">;
  /** Overwrites what nothing refers to, a part of the store at a time: pass what it gave before; undefined: all is done. */
  overwriteUnused(from?: number): Promise<number | undefined>;
  /** After a whole round of `overwriteUnused` that began when these were `gone`. */
  endErasures(contactIds: readonly string[], at: number): Promise<void>;
}
