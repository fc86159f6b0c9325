import type { AgedPart, AgedPlace, Ages, Retention } from "../retaining.ts";
import type { Store } from "../store.ts";
import { appPayloads, eventsOf, messagesOf, payloadsOf, roundSome, type Walk, walkSome } from "./aged.ts";
import { dropAudit } from "./auditing.ts";
import { fromJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { dropGoneNames } from "./leases.ts";
import { dropSilentContacts } from "./silent-contacts.ts";

type RetainingPart = Pick<Store, "retentions" | "dropAged" | "dropAgedShared">;

const rowsAtATime = 500;

export function retainingPart(db: Db): RetainingPart {
  return {
    retentions: () => db.read(() => retentions(db)),
    dropAged: (channelId, ages, from) => db.write(() => dropAged(db, channelId, { ages, from })),
    dropAgedShared: (ages, steady, from) => db.write(() => dropShared(db, { ages, steady, from })),
  };
}

export function* retentions(db: Db): Work<{ channelId: string; retention?: Retention }[]> {
  const rows = yield* db.all<{ id: string; retention: string | null }>(
    "SELECT id, retention FROM channels ORDER BY created_at, id",
  );
  return rows.map(({ id, retention }) => {
    const own = fromJson<Retention>(retention);
    return { channelId: id, ...(own && { retention: own }) };
  });
}

interface Round {
  ages: Ages;
  from: AgedPlace | undefined;
}

function* dropAged(db: Db, channelId: string, { ages, from }: Round): Work<AgedPart> {
  return yield* roundSome(
    {
      messages: walking(db, messagesOf(channelId), ages),
      events: walking(db, eventsOf(channelId), ages),
      payloads: walking(db, payloadsOf(channelId), ages),
      contacts: (after) =>
        dropSilentContacts(db, { channelId, before: ages.recordsBefore ?? 0, after: Number(after) }),
    },
    from,
  );
}

function* dropShared(db: Db, { ages, steady, from }: Round & { steady: number }): Work<AgedPart> {
  return yield* roundSome(
    {
      events: walking(db, eventsOf(null), ages),
      app_payloads: walking(db, appPayloads, ages),
      answers: () => dropAnswers(db, steady),
      parked: () => dropParked(db, ages.contentBefore ?? 0),
      audit: () => dropAudit(db, ages.auditBefore ?? 0),
      names: function* () {
        return { dropped: yield* dropGoneNames(db), after: undefined };
      },
      seen: (after) => dropSeen(db, ages.seenBefore ?? 0, after),
    },
    from,
  );
}

function walking<Row extends { key: number; at: number }>(db: Db, walk: Walk<Row>, ages: Ages) {
  return function* (after: string) {
    const part = yield* walkSome(db, walk, { ages, after: Number(after) });
    return { dropped: part.dropped, after: part.after === undefined ? undefined : String(part.after) };
  };
}

function* dropAnswers(db: Db, steady: number) {
  const dropped = yield* db.run(
    `DELETE FROM keyed_requests WHERE seq IN (
       SELECT seq FROM keyed_requests WHERE expires_at <= ? ORDER BY expires_at LIMIT ${rowsAtATime})`,
    steady,
  );
  return { dropped, after: dropped === rowsAtATime ? "" : undefined };
}

/** What a platform told of calls that nobody has known since. */
function* dropParked(db: Db, before: number) {
  return { dropped: yield* db.run("DELETE FROM parked WHERE at < ?", before), after: undefined };
}

/** In the order of their keys, for they have no other: by channel and hash. */
function* dropSeen(db: Db, before: number, after: string) {
  if (before === 0) return { dropped: 0, after: undefined };
  const [channelId = "", key = ""] = after.split(" ");
  const rows = yield* db.all<{ channel_id: string; dedupe_key: string; at: number }>(
    `SELECT * FROM seen WHERE (channel_id, dedupe_key) > (?, ?) ORDER BY channel_id, dedupe_key LIMIT ${rowsAtATime}`,
    channelId,
    key,
  );
  const old = rows.filter(({ at }) => at < before);
  for (const row of old)
    yield* db.run("DELETE FROM seen WHERE channel_id = ? AND dedupe_key = ?", row.channel_id, row.dedupe_key);
  const last = rows.length < rowsAtATime ? undefined : rows.at(-1);
  return { dropped: old.length, after: last && `${last.channel_id} ${last.dedupe_key}` };
}
