import type { PageRequest } from "../paging.ts";
import type { Store } from "../store.ts";
import { conditions, keyBelow, merged, pageOf } from "./columns.ts";
import { beginErasure, eraseSome, lanesOf, openErasures, readErasure } from "./contact-erasure.ts";
import { recordsOf } from "./contact-records.ts";
import { readContact } from "./contacts.ts";
import type { Db } from "./db.ts";
import { each } from "./each.ts";

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
    contacts: (filter) => db.survey(() => listContacts(db, filter)),
    contact: (id) => db.read(() => readContact(db, id)),
    conversationsOf: (contactId) => db.read(() => lanesOf(db, contactId)),
    contactRecords: (contactId, after) => db.survey(() => recordsOf(db, contactId, after)),
    beginErasure: (contactId, at) =>
      db.write(function* () {
        const erasure = yield* beginErasure(db, contactId, at);
        db.scrub();
        return erasure;
      }),
    erasure: (contactId) => db.read(() => readErasure(db, contactId)),
    openErasures: () => db.read(() => openErasures(db)),
    eraseSome: (contactId, at) => db.write(() => eraseSome(db, contactId, at)),
    overwriteUnused: async (from = 1) => db.overwriteUnused(from),
    endErasures: (contactIds, at) =>
      db.write(function* () {
        for (const id of contactIds)
          yield* db.run("UPDATE erasures SET erased_at = ? WHERE contact_id = ? AND phase = 'gone'", at, id);
      }),
  };
}

function* listContacts(db: Db, filter: PageRequest & { channelIds?: readonly string[] }) {
  const read = function* (channelId?: string) {
    const where = conditions({ channel_id: channelId });
    return yield* db.all<{ seq: number; id: string }>(
      `SELECT seq, id FROM contacts WHERE seq < ?${where.sql} ORDER BY seq DESC LIMIT ?`,
      keyBelow(filter.after),
      ...where.values,
      filter.limit + 1,
    );
  };
  const key = (row: { seq: number }) => row.seq;
  const page = pageOf(yield* merged(filter.channelIds, read, key), filter.limit, key);
  const rows = yield* each(page.rows, ({ id }) => readContact(db, id));
  return { ...page, rows: rows.filter((row) => row !== undefined) };
}
