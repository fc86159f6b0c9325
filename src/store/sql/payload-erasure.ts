import { idsIn, type Theirs, withoutPerson } from "../person-redaction.ts";
import { hashedId } from "./bare.ts";
import { reseal } from "./checksum.ts";
import type { Erasing, Reached } from "./contact-erasure.ts";
import type { Db, Work } from "./db.ts";
import { chosen } from "./each.ts";
import { forgetAnswers } from "./endpoint-answers.ts";

/** Of bodies so many bytes at a time, but for one alone: parsing them takes some ms. */
const maxBytes = 256 * 1024;
const maxRows = 500;

/**
 * Where bodies lie that may hold other people's parts too, up to the first that waits to be read: what stands there is
 * looked at when it is read. `covered` is the last that had come when the contact was to be forgotten.
 */
const places = {
  payloads: {
    of: "channel_id = ?",
    unread: "SELECT min(id) AS id FROM payloads WHERE channel_id = ? AND digested_at < 0",
    covered: "read_until",
  },
  app_payloads: {
    of: "? <> ''",
    unread: `SELECT min(id) AS id FROM app_payloads WHERE routed_at < 0
      AND app_id = (SELECT app_id FROM channels WHERE id = ?)`,
    covered: "last_app_payload",
  },
} as const;
type Place = keyof typeof places;

/** Takes the person out of some bodies. Gives the last key that it looked at; undefined: there are none left. */
export function* erasePayloads(db: Db, place: Place, erasing: Erasing): Work<Reached> {
  const { of, unread } = places[place];
  const firstUnread = (yield* db.one<{ id: number | null }>(unread, erasing.channelId))?.id ?? undefined;
  const sizes = yield* db.all<{ key: number; bytes: number }>(
    `SELECT id AS key, octet_length(body) AS bytes FROM ${place} WHERE ${of} AND id > ? AND id < ?
     ORDER BY id LIMIT ${maxRows}`,
    erasing.channelId,
    erasing.position,
    firstUnread ?? Number.MAX_SAFE_INTEGER,
  );
  if (sizes.length === 0) return yield* waitsFor(db, place, { erasing, firstUnread });
  let bytes = 0;
  const taken = sizes.filter((size, index) => {
    bytes += size.bytes;
    return index === 0 || bytes <= maxBytes;
  });
  for (const { key } of taken) yield* erasePart(db, place, { ...erasing, key });
  return taken.at(-1)?.key;
}

/** By then all that had come is divided among its channels. */
function* waitsFor(
  db: Db,
  place: Place,
  { erasing, firstUnread }: { erasing: Erasing; firstUnread: number | undefined },
): Work<Reached> {
  if (firstUnread === undefined) return undefined;
  if (place === "payloads")
    yield* db.run(
      "UPDATE erasures SET read_until = (SELECT max(id) FROM payloads) WHERE contact_id = ? AND read_until IS NULL",
      erasing.contactId,
    );
  const sql = `SELECT 1 FROM erasures WHERE contact_id = ? AND ${places[place].covered} >= ?`;
  return (yield* db.one(sql, erasing.contactId, firstUnread)) ? "waits" : undefined;
}

/** Somebody on a channel, by their names without a plus. */
interface Named {
  channelId: string;
  names: ReadonlySet<string>;
}

/** What of a body is theirs: their names, and the ids in it that are of erased messages. */
export function* theirsIn(db: Db, body: string, { channelId, names }: Named): Work<Theirs> {
  const sql = "SELECT 1 FROM platform_ids WHERE channel_id = ? AND platform_id = ?";
  const ids = yield* chosen(idsIn(body), function* (id) {
    return (yield* db.one(sql, channelId, hashedId(db, id))) !== undefined;
  });
  return { names, isMessage: (id) => ids.includes(id) };
}

/** Takes a person out of one body. False: it does not name them. */
export function* erasePart(db: Db, place: Place, { key, ...named }: Named & { key: number }): Work<boolean> {
  const row = yield* db.one<{ body: string }>(`SELECT body FROM ${place} WHERE id = ?`, key);
  const left = row && withoutPerson(row.body, yield* theirsIn(db, row.body, named));
  if (left === undefined) return false;
  // Its signature is of what it was.
  yield* db.run(`UPDATE ${place} SET body = ?, signature = NULL WHERE id = ?`, left, key);
  yield* reseal(db, place, { column: "id", key });
  // A reason may repeat what could not be read.
  const [parts, holder] =
    place === "payloads"
      ? (["unknown_parts", "payload_id"] as const)
      : (["unrouted_parts", "app_payload_id"] as const);
  yield* db.run(`UPDATE ${parts} SET reason = 'erased' WHERE ${holder} = ?`, key);
  yield* forgetAnswers(db, holder, key);
  return true;
}
