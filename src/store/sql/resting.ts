import type { Resting } from "../delivering.ts";
import type { AgedPlace } from "../retaining.ts";
import type { Store } from "../store.ts";
import type { Db, Work } from "./db.ts";
import { failedByAge, inTurn } from "./delivery-lookup.ts";
import { retentions } from "./retaining.ts";

const dayMs = 86_400_000;
/** A part takes a few milliseconds. */
const rowsAtATime = 250;

interface Waiting {
  seq: number;
  queued_at: number;
  /** Null: of several channels, or of none. */
  channel_id: string | null;
}

/** What waits for its turn, and what waits for a time: each by an index that has the oldest first. */
const kinds = [
  { name: "turn", source: `${inTurn} AND seq > ?`, order: "seq", place: ({ seq }: Waiting) => [seq] },
  {
    name: "failed",
    source: `${failedByAge} AND (queued_at, seq) > (?, ?)`,
    order: "queued_at, seq",
    place: ({ queued_at, seq }: Waiting) => [queued_at, seq],
  },
] as const;
const beginning = { seq: 0, queued_at: 0, channel_id: null };

export function restingPart(db: Db): Pick<Store, "expireResting"> {
  return { expireResting: (wish, from) => db.write(() => expire(db, wish, from)) };
}

function* expire(db: Db, { endpointId, now, contentDays }: Resting, from: AgedPlace | undefined) {
  const before = yield* instants(db, { now, contentDays });
  const index = Math.max(
    0,
    kinds.findIndex(({ name }) => name === from?.kind),
  );
  const kind = kinds[index]!;
  const after = from?.after ? from.after.split(" ").map(Number) : kind.place(beginning);
  const rows = yield* waiting(db, kind, [endpointId, ...after]);
  // Behind the first that is too old for no channel there are only younger ones.
  const old = rows.filter((row) => row.queued_at < before.any);
  const dead = old.filter((row) => row.queued_at < before.of(row.channel_id));
  for (const row of dead)
    yield* db.run("UPDATE deliveries SET state = 'dead', reason = 'max_age' WHERE seq = ?", row.seq);
  const last = old.length === rowsAtATime ? old.at(-1) : undefined;
  const following = last ? kind : kinds[index + 1];
  const place = last ? kind.place(last).join(" ") : "";
  return { expired: dead.length, ...(following && { next: { kind: following.name, after: place } }) };
}

function* waiting(
  db: Db,
  { source, order }: (typeof kinds)[number],
  values: readonly (string | number)[],
): Work<Waiting[]> {
  const sql = `SELECT seq, queued_at, coalesce(
      (SELECT channel_id FROM events WHERE id = event_id),
      (SELECT channel_id FROM payloads WHERE id = payload_id)) AS channel_id
    FROM ${source} ORDER BY ${order} LIMIT ${rowsAtATime}`;
  return yield* db.all<Waiting>(sql, ...values);
}

/** Before when something is too old: of a channel, and of that which keeps content shortest. */
function* instants(db: Db, { now, contentDays }: Pick<Resting, "now" | "contentDays">) {
  const instant = (days: number) => (days === 0 ? Number.NEGATIVE_INFINITY : now - days * dayMs);
  const own = new Map(
    (yield* retentions(db)).map(({ channelId, retention }) => [
      channelId,
      instant(retention?.contentDays ?? contentDays),
    ]),
  );
  const any = Math.max(instant(contentDays), ...own.values());
  return { any, of: (id: string | null) => (id === null ? any : (own.get(id) ?? instant(contentDays))) };
}
