/** Something that holds of every store at rest. */
interface Invariant {
  /** The tables that it is about: versions that lack one know nothing of it. */
  of: readonly string[];
  /** Gives `n`, which must be 0. */
  sql: string;
  /** What it would mean if it were not, behind the number. */
  sentence: string;
}

/** What `prove` asks of a copy, beside what is counted as it happens (`check-tally.ts`). */
export const invariants: readonly Invariant[] = [
  {
    of: ["calls", "messages"],
    sql: "SELECT count(*) AS n FROM calls c LEFT JOIN messages m ON m.id = c.message_id WHERE m.id IS NULL",
    sentence: "calls belong to no message",
  },
  {
    of: ["calls"],
    sql: `SELECT count(*) AS n FROM calls WHERE state NOT IN
       ('queued', 'sending', 'held', 'accepted', 'rejected', 'unknown', 'skipped', 'expired', 'cancelled')`,
    sentence: "calls are neither waiting, nor under way, nor ended",
  },
  {
    of: ["messages", "calls"],
    sql: `SELECT count(*) AS n FROM messages m WHERE m.direction = 'out' AND m.status IN ('accepted', 'sending')
       AND NOT EXISTS (SELECT 1 FROM calls c WHERE c.message_id = m.id AND c.state IN ('queued', 'sending', 'held'))`,
    sentence: "messages wait for calls that have ended",
  },
  {
    of: ["backlog", "calls", "channels"],
    sql: `SELECT abs((SELECT queued FROM backlog WHERE channel_id = '') - (SELECT count(*) FROM calls c
       JOIN channels ch ON ch.id = c.channel_id AND ch.removed_at IS NULL WHERE c.state IN ('queued', 'sending'))) AS n`,
    sentence: "calls are missing from the count of what waits",
  },
  {
    of: ["events", "conversations"],
    sql: `SELECT count(*) AS n FROM (SELECT conversation_id, max(json_extract(body, '$.sequence')) AS last FROM events
       WHERE conversation_id IS NOT NULL GROUP BY conversation_id) e
     JOIN conversations v ON v.id = e.conversation_id AND v.last_sequence < e.last`,
    sentence: "conversations count behind their own events",
  },
  {
    of: ["deliveries"],
    sql: "SELECT count(*) AS n FROM deliveries WHERE state NOT IN ('pending', 'delivered', 'dead', 'replayed')",
    sentence: "deliveries neither wait nor have ended",
  },
  {
    of: ["deliveries", "delivery_attempts"],
    sql: `SELECT count(*) AS n FROM delivery_attempts a LEFT JOIN deliveries d ON d.id = a.delivery_id WHERE d.id IS NULL`,
    sentence: "tries belong to no delivery",
  },
  {
    of: ["deliveries", "delivery_backlog"],
    sql: `SELECT count(*) AS n FROM (
       SELECT endpoint_id, sum(pending) AS pending FROM (
         SELECT endpoint_id, pending FROM delivery_backlog
         UNION ALL SELECT endpoint_id, -count(*) FROM deliveries WHERE state = 'pending' GROUP BY endpoint_id)
       GROUP BY endpoint_id) WHERE pending <> 0`,
    sentence: "endpoints have another number of deliveries that wait than was counted",
  },
  {
    of: ["replays"],
    sql: "SELECT count(*) AS n FROM replays WHERE state NOT IN ('running', 'done', 'cancelled') OR NOT json_valid(wish)",
    sentence: "replays neither run nor have ended, or have lost what they were to replay",
  },
  {
    of: ["deliveries", "replays"],
    sql: `SELECT count(*) AS n FROM deliveries d LEFT JOIN replays r ON r.id = d.replay_id
     WHERE d.replay_id IS NOT NULL AND r.id IS NULL`,
    sentence: "deliveries belong to a replay that is not there",
  },
  {
    of: ["deliveries", "replays"],
    sql: `SELECT count(*) AS n FROM replays r WHERE r.queued < r.delivered + r.dead + (
       SELECT count(*) FROM deliveries d WHERE d.replay_id = r.id AND d.state = 'pending')`,
    sentence: "replays have come to more deliveries than they queued",
  },
];
