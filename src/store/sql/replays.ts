import { GatewayError } from "../../core/problem.ts";
import type { ReplayRow, ReplayScan, ReplayState } from "../replaying.ts";
import type { Store } from "../store.ts";
import type { Db, Work } from "./db.ts";
import { chosen, each } from "./each.ts";
import { demandServed } from "./endpoints.ts";
import { enqueue, type Receiver, receiverOf } from "./receivers.ts";
import { boundsOf, partOf, type Replayable } from "./replay-source.ts";

type ReplaysPart = Pick<
  Store,
  "countReplay" | "addReplay" | "advanceReplay" | "cancelReplay" | "replay" | "replays" | "runningReplays"
>;

interface StoredReplay {
  id: string;
  endpoint_id: string;
  wish: string;
  per_second: number;
  state: ReplayState;
  created_at: number;
  begun_by: string | null;
  after: number;
  until: number;
  total: number;
  queued: number;
  skipped: number;
  delivered: number;
  dead: number;
}

export function replaysPart(db: Db): ReplaysPart {
  const rows = function* (sql: string, ...values: string[]) {
    return yield* each(yield* db.all<StoredReplay>(sql, ...values), (row) => replayRow(db, row));
  };
  return {
    countReplay: (scan) => db.survey(() => count(db, scan)),
    addReplay: (replay) => db.write(() => add(db, replay)),
    advanceReplay: (id, limit) => db.write(() => advance(db, id, limit)),
    cancelReplay: (id) =>
      db.write(function* () {
        yield* db.run("UPDATE replays SET state = 'cancelled' WHERE id = ? AND state = 'running'", id);
        return yield* read(db, id);
      }),
    replay: (id) => db.read(() => read(db, id)),
    replays: (endpointId) =>
      db.survey(() =>
        rows("SELECT * FROM replays WHERE endpoint_id = ? ORDER BY seq DESC LIMIT 100", endpointId),
      ),
    runningReplays: () => db.read(() => rows("SELECT * FROM replays WHERE state = 'running' ORDER BY seq")),
  };
}

function* count(db: Db, { endpointId, wish, after }: ReplayScan): Work<{ fitting: number; next?: number }> {
  const target = yield* demandReceiver(db, endpointId);
  const bounds = yield* boundsOf(db, target, wish);
  const asked = { wish, after: Math.max(after, bounds.after), until: bounds.until };
  const { fitting, last } = yield* partOf(db, target, asked);
  return { fitting: fitting.length, ...(last !== undefined && { next: last }) };
}

function* add(db: Db, replay: Parameters<Store["addReplay"]>[0]): Work<ReplayRow> {
  const target = yield* demandReceiver(db, replay.endpointId);
  yield* demandServed(db, replay.endpointId);
  yield* db.insert("replays", {
    id: replay.id,
    endpoint_id: replay.endpointId,
    wish: JSON.stringify(replay.wish),
    per_second: replay.perSecond,
    state: "running",
    created_at: replay.createdAt,
    begun_by: replay.keyId ?? null,
    ...(yield* boundsOf(db, target, replay.wish)),
    total: replay.total,
  });
  return (yield* read(db, replay.id))!;
}

/** One step: so many at most are queued, and where the next begins is in the same commit. */
function* advance(db: Db, id: string, limit: number): Work<ReplayRow | undefined> {
  const row = yield* db.one<StoredReplay>("SELECT * FROM replays WHERE id = ? AND state = 'running'", id);
  const target = row && (yield* receiverOf(db, row.endpoint_id));
  if (!row || !target) return undefined;
  const { wish } = yield* replayRow(db, row);
  const { fitting, last } = yield* partOf(db, target, { wish, after: row.after, until: row.until });
  // A row may give several parts, which are queued together: the next step begins behind it.
  const lastKey = fitting[limit - 1]?.key;
  const taken = fitting.filter(({ key }, index) => index < limit || key === lastKey);
  const queued = (yield* chosen(taken, (item) => queue(db, target, item, id))).length;
  const isCut = taken.length < fitting.length;
  const after = isCut ? (taken.at(-1)?.key ?? row.after) : (last ?? row.until);
  yield* db.update("replays", id, {
    after,
    queued: row.queued + queued,
    skipped: row.skipped + taken.length - queued,
    state: isCut || last !== undefined ? "running" : "done",
  });
  return yield* read(db, id);
}

/** False where it waits already: it is told once, not twice. */
function* queue(db: Db, target: Receiver, item: Replayable, replayId: string): Work<boolean> {
  const same = "event_id = ? AND +endpoint_id = ?";
  const waits = `SELECT 1 FROM deliveries WHERE ${same} AND +state = 'pending'`;
  if (yield* db.one(waits, item.eventId, target.id)) return false;
  const replaced = `UPDATE deliveries SET state = 'replayed' WHERE ${same} AND +state = 'dead'`;
  yield* db.run(replaced, item.eventId, target.id);
  const { key: _, ...queued } = item;
  yield* enqueue(db, { ...queued, endpointId: target.id, replayId });
  return true;
}

function* demandReceiver(db: Db, endpointId: string): Work<Receiver> {
  const target = yield* receiverOf(db, endpointId);
  if (target) return target;
  throw new GatewayError("not_found", `There is no endpoint ${endpointId}.`);
}

function* read(db: Db, id: string): Work<ReplayRow | undefined> {
  const row = yield* db.one<StoredReplay>("SELECT * FROM replays WHERE id = ?", id);
  return row && (yield* replayRow(db, row));
}

function* replayRow(db: Db, row: StoredReplay): Work<ReplayRow> {
  const sql = `SELECT count(*) AS waiting FROM deliveries INDEXED BY deliveries_replay_waiting
    WHERE replay_id = ? AND state = 'pending'`;
  return {
    id: row.id,
    endpointId: row.endpoint_id,
    wish: JSON.parse(row.wish),
    perSecond: row.per_second,
    state: row.state,
    createdAt: row.created_at,
    ...(row.begun_by !== null && { keyId: row.begun_by }),
    total: row.total,
    queued: row.queued,
    skipped: row.skipped,
    delivered: row.delivered,
    dead: row.dead,
    waiting: (yield* db.one<{ waiting: number }>(sql, row.id))?.waiting ?? 0,
  };
}
