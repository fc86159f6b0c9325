import type { Checked, CheckPlace, Violation } from "../tallying.ts";
import type { Db, Work } from "./db.ts";
import { each } from "./each.ts";

type Reader = Pick<Db, "one" | "all">;

const bucketRows = 1 << 14;
const messagesAtATime = 500;

const open = "'queued', 'sending', 'held'";
/** The closed sets of states: a row in another has been lost sight of. */
const kinds = {
  messages: {
    column: "status",
    index: "messages_status",
    states: "received edited deleted accepted sending sent delivered read failed unknown expired cancelled",
  },
  calls: {
    column: "state",
    index: "calls_state",
    states: "queued sending held accepted rejected unknown skipped expired cancelled",
  },
  deliveries: {
    column: "state",
    index: "deliveries_state",
    states: "pending delivered dead replayed",
  },
} as const;
type Kind = keyof typeof kinds;

interface Part {
  violations: Violation[];
  /** Where this step goes on; undefined: it is over. */
  after?: number;
}

const steps: Readonly<Record<string, (db: Reader, after: number) => Work<Part>>> = {
  messages: (db, after) => recount(db, "messages", after),
  calls: (db, after) => recount(db, "calls", after),
  deliveries: (db, after) => recount(db, "deliveries", after),
  backlogs: function* (db) {
    return { violations: [...(yield* queuedApart(db)), ...(yield* pendingApart(db))] };
  },
  accepted: (db, after) => lostMessages(db, "accepted", after),
  sending: (db, after) => lostMessages(db, "sending", after),
};

export function* checkSome(
  db: Reader,
  { step, after }: CheckPlace = { step: "messages", after: 0 },
): Work<Checked> {
  const part = yield* steps[step]!(db, after);
  if (part.after !== undefined) return { violations: part.violations, next: { step, after: part.after } };
  const names = Object.keys(steps);
  const following = names[names.indexOf(step) + 1];
  return { violations: part.violations, ...(following && { next: { step: following, after: 0 } }) };
}

/** One bucket: what stands in the index of states, state by state, against what was counted as it came. */
function* recount(db: Reader, kind: Kind, bucket: number): Work<Part> {
  const { column, index, states } = kinds[kind];
  const rows = yield* db.all<{ state: string; count: number }>(
    "SELECT state, sum(count) AS count FROM tally WHERE kind = ? AND bucket = ? GROUP BY state",
    kind,
    bucket,
  );
  const counted = new Map(rows.map(({ state, count }) => [state, count]));
  const sql = `SELECT count(*) AS n FROM ${kind} INDEXED BY ${index} WHERE ${column} = ? AND seq >= ? AND seq < ?`;
  const [from, until] = [bucket * bucketRows, (bucket + 1) * bucketRows];
  const real = yield* each(states.split(" "), function* (state) {
    return { state, n: (yield* db.one<{ n: number }>(sql, state, from, until))!.n };
  });
  const wrong = real.filter(({ state, n }) => n !== (counted.get(state) ?? 0));
  const sum = real.reduce((all, { n }) => all + n, 0);
  const entered = counted.get("") ?? 0;
  const violations = wrong.map(({ state, n }) =>
    miscounted(
      `${n} ${kind} of rows ${from} to ${until} are ${state}, and ${counted.get(state) ?? 0} became so`,
    ),
  );
  if (sum !== entered)
    violations.push(
      miscounted(
        `of ${entered} ${kind} that came as rows ${from} to ${until}, ${sum} wait, are under way or have ended`,
      ),
    );
  const last = (yield* db.one<{ last: number | null }>(`SELECT max(seq) AS last FROM ${kind}`))?.last ?? 0;
  const beyond = "SELECT max(bucket) AS last FROM tally WHERE kind = ?";
  const end = Math.max(
    Math.floor(last / bucketRows),
    (yield* db.one<{ last: number | null }>(beyond, kind))?.last ?? 0,
  );
  return bucket < end ? { violations, after: bucket + 1 } : { violations };
}

function miscounted(sentence: string): Violation {
  return { rule: "miscounted", sentence };
}

/** Two counts that are kept apart from each other, of each channel. */
function* queuedApart(db: Reader): Work<Violation[]> {
  const rows = yield* db.all<{ id: string; queued: number; counted: number }>(
    `SELECT b.channel_id AS id, b.queued, coalesce(t.counted, 0) AS counted FROM backlog b LEFT JOIN (
       SELECT owner, sum(count) AS counted FROM tally WHERE kind = 'calls' AND state IN ('queued', 'sending') GROUP BY owner
     ) t ON t.owner = b.channel_id WHERE b.channel_id <> '' AND b.queued <> coalesce(t.counted, 0)`,
  );
  return rows.map(({ id, queued, counted }) => ({
    rule: "backlog",
    sentence: `channel ${id} has ${counted} calls that wait or are under way, and ${queued} by its backlog`,
  }));
}

function* pendingApart(db: Reader): Work<Violation[]> {
  const rows = yield* db.all<{ id: string; pending: number; counted: number }>(
    `SELECT b.endpoint_id AS id, b.pending, coalesce(t.counted, 0) AS counted FROM delivery_backlog b LEFT JOIN (
       SELECT owner, sum(count) AS counted FROM tally WHERE kind = 'deliveries' AND state = 'pending' GROUP BY owner
     ) t ON t.owner = b.endpoint_id WHERE b.pending <> coalesce(t.counted, 0)`,
  );
  return rows.map(({ id, pending, counted }) => ({
    rule: "backlog",
    sentence: `endpoint ${id} has ${counted} deliveries that wait, and ${pending} by its backlog`,
  }));
}

/** Messages that wait for calls of which none is to come: nobody would ever hear of them again. */
function* lostMessages(db: Reader, status: "accepted" | "sending", after: number): Work<Part> {
  const some = yield* db.all<{ seq: number; id: string; isLost: number }>(
    `SELECT m.seq, m.id, m.direction = 'out' AND NOT EXISTS (
       SELECT 1 FROM calls c WHERE c.message_id = m.id AND c.state IN (${open})) AS "isLost"
     FROM messages m INDEXED BY messages_status WHERE m.status = ? AND m.seq > ? ORDER BY m.seq LIMIT ?`,
    status,
    after,
    messagesAtATime,
  );
  const violations = some
    .filter(({ isLost }) => isLost === 1)
    .map(
      ({ id }): Violation => ({
        rule: "lost",
        sentence: `message ${id} is ${status}, and no call of it is to come`,
      }),
    );
  return some.length < messagesAtATime ? { violations } : { violations, after: some.at(-1)!.seq };
}
