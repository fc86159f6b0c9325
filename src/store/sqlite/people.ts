import type { PageRequest } from "../paging.ts";
import type { Store } from "../store.ts";
import { conditions, keyBelow, merged, pageOf } from "./columns.ts";
import type { Db } from "./connection.ts";
import { beginErasure, eraseSome, lanesOf, openErasures, readErasure } from "./contact-erasure.ts";
import { recordsOf } from "./contact-records.ts";
import { readContact } from "./contacts.ts";

type PeoplePart = Pick<
  Store,
  | "contacts"
  | "contact"
  | "conversationsOf"
  | "contactRecords"
  | "beginErasure"
  | "erasure"
  | "openErasures"
  | "eraseSome"
  | "overwriteUnused"
  | "endErasures"
>;

export function peoplePart(db: Db): PeoplePart {
  return {
    contacts: async (filter) => listContacts(db, filter),
    contact: async (id) => readContact(db, id),
    conversationsOf: async (contactId) => lanesOf(db, contactId),
    contactRecords: async (contactId, after) => recordsOf(db, contactId, after),
    beginErasure: (contactId, at) =>
      db.write(() => {
        const erasure = beginErasure(db, contactId, at);
        db.scrub();
        return erasure;
      }),
    erasure: async (contactId) => readErasure(db, contactId),
    openErasures: async () => openErasures(db),
    eraseSome: (contactId, at) => db.write(() => eraseSome(db, contactId, at)),
    overwriteUnused: async (from = 1) => db.overwriteUnused(from),
    endErasures: (contactIds, at) =>
      db.write(() => {
        for (const id of contactIds)
          db.run("UPDATE erasures SET erased_at = ? WHERE contact_id = ? AND phase = 'gone'", at, id);
      }),
  };
}

function listContacts(db: Db, filter: PageRequest & { channelIds?: readonly string[] }) {
  const read = (channelId?: string) => {
    const where = conditions({ channel_id: channelId });
    return db.all<{ seq: number; id: string }>(
      `SELECT seq, id FROM contacts WHERE seq < ?${where.sql} ORDER BY seq DESC LIMIT ?`,
      keyBelow(filter.after),
      ...where.values,
      filter.limit + 1,
    );
  };
  const rows = merged(filter.channelIds, read, (row) => row.seq);
  return pageOf(
    rows,
    filter.limit,
    (row) => row.seq,
    (row) => readContact(db, row.id)!,
  );
}
