import { DatabaseSync } from "node:sqlite";
import { scopes } from "../../core/scope.ts";
import type { Proof } from "../backing.ts";
import { brokenAudit } from "../sql/auditing.ts";
import { checkSome } from "../sql/check-tally.ts";
import { isIntact } from "../sql/checksum.ts";
import type { Db, Value, Work } from "../sql/db.ts";
import { each } from "../sql/each.ts";
import type { Checked, CheckPlace } from "../tallying.ts";
import { answered, done } from "./answered.ts";
import { invariants } from "./invariants.ts";

const sealed = ["messages", "calls", "payloads", "app_payloads", "events", "channels", "endpoints"] as const;

/** Reads a closed database file through. Throws where it cannot be read at all. */
export function prove(file: string): Proof {
  const raw = new DatabaseSync(file, { readOnly: true });
  try {
    const shape = String(raw.prepare("PRAGMA integrity_check(1)").get()?.integrity_check);
    if (shape !== "ok")
      return { faults: [`its structure is damaged (${shape})`], messages: 0, calls: {}, events: 0 };
    const faults = damaged(raw);
    const { faults: more, ...found } = done(readThrough(readerOf(raw)));
    return { faults: [...faults, ...more], ...found };
  } finally {
    raw.close();
  }
}

type Reader = Pick<Db, "one" | "all">;

function readerOf(raw: DatabaseSync): Reader {
  return {
    one: <Row>(sql: string, ...values: Value[]) =>
      answered(raw.prepare(sql).get(...values) as Row | undefined),
    all: <Row>(sql: string, ...values: Value[]) => answered(raw.prepare(sql).all(...values) as Row[]),
  };
}

function* readThrough(db: Reader): Work<Proof> {
  const calls = yield* db.all<{ state: string; n: number }>(
    "SELECT state, count(*) AS n FROM calls GROUP BY state",
  );
  // A message that was accepted and no more has no line of its own.
  const newest = (yield* db.one<{ at: number | null }>(
    "SELECT max(at) AS at FROM (SELECT max(at) AS at FROM history UNION ALL SELECT max(created_at) FROM messages)",
  ))?.at;
  return {
    faults: yield* broken(db),
    messages: yield* number(db, "SELECT count(*) AS n FROM messages"),
    calls: Object.fromEntries(calls.map(({ state, n }) => [state, n])),
    events: yield* number(db, "SELECT count(*) AS n FROM events"),
    ...(newest !== null && newest !== undefined && { newestAt: newest }),
  };
}

function* number(db: Reader, sql: string): Work<number> {
  return (yield* db.one<{ n: number }>(sql))?.n ?? 0;
}

function damaged(raw: DatabaseSync): string[] {
  return sealed.flatMap((table) => {
    let count = 0;
    for (const row of raw.prepare(`SELECT * FROM ${table}`).iterate()) if (!isIntact(table, row)) count++;
    return count > 0 ? [`${count} rows of ${table} do not fit their checksums`] : [];
  });
}

/** A backup of an older version has fewer tables: what it lacks cannot be wrong in it. */
function* broken(db: Reader): Work<string[]> {
  const names = yield* db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'");
  const tables = new Set(names.map(({ name }) => name));
  const known = invariants.filter(({ of }) => of.every((table) => tables.has(table)));
  const counted = yield* each(known, function* ({ sql, sentence }) {
    const count = yield* number(db, sql);
    return count > 0 ? [`${count} ${sentence}`] : [];
  });
  return [
    ...counted.flat(),
    ...(tables.has("tally") ? yield* miscounted(db) : []),
    ...(tables.has("api_keys") ? yield* unreadableKeys(db) : []),
    ...(tables.has("audit") ? yield* brokenAudit(db) : []),
  ];
}

function* miscounted(db: Reader): Work<string[]> {
  const sentences: string[] = [];
  for (let place: CheckPlace | undefined; ; ) {
    const part: Checked = yield* checkSome(db, place);
    sentences.push(...part.violations.map(({ sentence }) => sentence));
    if (!part.next) return sentences;
    place = part.next;
  }
}

/** Of a key whose rights cannot be read nobody knows what it may do. */
function* unreadableKeys(db: Reader): Work<string[]> {
  const known: readonly unknown[] = scopes;
  const keys = yield* db.all<{ id: string; hash: string; scopes: string; channels: string }>(
    "SELECT * FROM api_keys",
  );
  const isReadable = (key: (typeof keys)[number]) =>
    /^[0-9a-f]{64}$/.test(key.hash) &&
    listIn(key.scopes).some((one) => known.includes(one)) &&
    listIn(key.scopes).every((one) => known.includes(one)) &&
    (key.channels === "[]" || listIn(key.channels).some((one) => typeof one === "string"));
  const count = keys.filter((key) => !isReadable(key)).length;
  return count > 0 ? [`${count} API keys cannot be read`] : [];
}

function listIn(text: string): unknown[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
