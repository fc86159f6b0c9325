import type { Store } from "../store.ts";
import type { PayloadKind, SuspectingStore } from "../suspecting.ts";
import type { Db, Work } from "./db.ts";

export function suspectsPart(db: Db): Pick<Store, keyof SuspectingStore> {
  return {
    lastPayloads: () =>
      db.read(function* () {
        return {
          payload: yield* lastId(db, "SELECT max(id) AS id FROM payloads"),
          app_payload: yield* lastId(db, "SELECT max(id) AS id FROM app_payloads"),
        };
      }),
    tries: (kind, ids) =>
      db.read(function* () {
        // Few are suspected, of many that are asked for.
        const sql = "SELECT id, tries FROM suspects WHERE kind = ?";
        const rows = yield* db.all<{ id: number; tries: number }>(sql, kind);
        return new Map(rows.filter(({ id }) => ids.includes(id)).map(({ id, tries }) => [id, tries]));
      }),
    countTry: (kind, ids) =>
      db.write(function* () {
        const sql = `INSERT INTO suspects (kind, id, tries) VALUES (?, ?, 1)
          ON CONFLICT (kind, id) DO UPDATE SET tries = suspects.tries + 1`;
        for (const id of ids) yield* db.run(sql, kind, id);
      }),
    uncountTry: (kind, id) =>
      db.write(function* () {
        yield* db.run("DELETE FROM suspects WHERE kind = ? AND id = ? AND tries <= 1", kind, id);
        yield* db.run("UPDATE suspects SET tries = tries - 1 WHERE kind = ? AND id = ?", kind, id);
      }),
  };
}

/** In the commit of what was read of it. */
export function* absolve(db: Db, kind: PayloadKind, id: number): Work<void> {
  yield* db.run("DELETE FROM suspects WHERE kind = ? AND id = ?", kind, id);
}

function* lastId(db: Db, sql: string): Work<number> {
  return (yield* db.one<{ id: number | null }>(sql))?.id ?? 0;
}
