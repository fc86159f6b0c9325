import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { scopes } from "../../core/scope.ts";
import type { Proof } from "../backing.ts";
import { brokenAudit } from "./auditing.ts";
import { checkSome } from "./check-tally.ts";
import { isIntact } from "./checksum.ts";
import type { Db } from "./connection.ts";
import { invariants } from "./invariants.ts";

const sealed = ["messages", "calls", "payloads", "app_payloads", "events", "channels", "endpoints"] as const;

/** Reads a closed database file through. Throws where it cannot be read at all. */
export function prove(file: string): Proof {
  const raw = new DatabaseSync(file, { readOnly: true });
  try {
    const db: Reader = {
      one: <Row>(sql: string, ...values: SQLInputValue[]) =>
        raw.prepare(sql).get(...values) as Row | undefined,
      all: <Row>(sql: string, ...values: SQLInputValue[]) => raw.prepare(sql).all(...values) as Row[],
    };
    const number = (sql: string) => db.one<{ n: number }>(sql)?.n ?? 0;
    const shape = String(db.one<{ integrity_check: string }>("PRAGMA integrity_check(1)")?.integrity_check);
    if (shape !== "ok")
      return { faults: [`its structure is damaged (${shape})`], messages: 0, calls: {}, events: 0 };
    const calls = db.all<{ state: string; n: number }>(
      "SELECT state, count(*) AS n FROM calls GROUP BY state",
    );
    const newest = db.one<{ at: number | null }>("SELECT max(at) AS at FROM history")?.at;
    return {
      faults: [...damaged(raw), ...broken(db)],
      messages: number("SELECT count(*) AS n FROM messages"),
      calls: Object.fromEntries(calls.map(({ state, n }) => [state, n])),
      events: number("SELECT count(*) AS n FROM events"),
      ...(newest !== null && newest !== undefined && { newestAt: newest }),
    };
  } finally {
    raw.close();
  }
}

type Reader = Pick<Db, "one" | "all">;

function damaged(raw: DatabaseSync): string[] {
  return sealed.flatMap((table) => {
    let count = 0;
    for (const row of raw.prepare(`SELECT * FROM ${table}`).iterate()) if (!isIntact(table, row)) count++;
    return count > 0 ? [`${count} rows of ${table} do not fit their checksums`] : [];
  });
}

/** A backup of an older version has fewer tables: what it lacks cannot be wrong in it. */
function broken(db: Reader): string[] {
  const tables = new Set(
    db.all<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name),
  );
  const counted = invariants
    .filter(({ of }) => of.every((table) => tables.has(table)))
    .flatMap(({ sql, sentence }) => {
      const count = db.one<{ n: number }>(sql)?.n ?? 0;
      return count > 0 ? [`${count} ${sentence}`] : [];
    });
  return [
    ...counted,
    ...(tables.has("tally") ? miscounted(db) : []),
    ...(tables.has("api_keys") ? unreadableKeys(db) : []),
    ...(tables.has("audit") ? brokenAudit(db) : []),
  ];
}

function miscounted(db: Reader): string[] {
  const sentences: string[] = [];
  for (let place: Parameters<typeof checkSome>[1] | "end"; place !== "end"; ) {
    const { violations, next } = checkSome(db, place);
    sentences.push(...violations.map(({ sentence }) => sentence));
    place = next ?? "end";
  }
  return sentences;
}

/** Of a key whose rights cannot be read nobody knows what it may do. */
function unreadableKeys(db: Reader): string[] {
  const known: readonly unknown[] = scopes;
  const keys = db.all<{ id: string; hash: string; scopes: string; channels: string }>(
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
