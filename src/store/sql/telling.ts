import type { Name } from "../leasing.ts";
import type { Kind, News, TellingStore, Wake } from "../telling.ts";
import type { Db, Work } from "./db.ts";

export function tellingPart(db: Db): TellingStore {
  return {
    news: (node) => db.read(() => news(db, node)),
    forgetWakes: (wakes) =>
      db.write(function* () {
        for (const { name, lane } of wakes)
          yield* db.run("DELETE FROM wakes WHERE name = ? AND lane = ?", name, lane);
      }),
    wakeOwners: (wakes) =>
      db.write(function* () {
        const sql = "INSERT INTO wakes (name, lane) VALUES (?, ?) ON CONFLICT (name, lane) DO NOTHING";
        for (const { name, lane } of wakes) yield* db.run(sql, name, lane);
      }),
    countChange: (kind) => db.write(() => countChange(db, kind)),
  };
}

/** The same database, in which each transaction counts as a change of this kind. */
export function telling(db: Db, kind: Kind): Db {
  return {
    ...db,
    write: (work, how) =>
      db.write(function* () {
        const result = yield* work();
        yield* countChange(db, kind);
        return result;
      }, how),
  };
}

export function* countChange(db: Pick<Db, "run">, kind: Kind): Work<void> {
  yield* db.run(
    `INSERT INTO changes (kind, version) VALUES (?, 1)
     ON CONFLICT (kind) DO UPDATE SET version = changes.version + 1`,
    kind,
  );
}

function* news(db: Db, node: string): Work<News> {
  const counted = yield* db.all<{ kind: Kind; version: number }>("SELECT kind, version FROM changes");
  const wakes = yield* db.all<Wake & { name: Name }>(
    `SELECT w.name, w.lane FROM wakes w JOIN leases l ON l.name = w.name WHERE l.node = ?
     ORDER BY w.name, w.lane LIMIT 1000`,
    node,
  );
  return {
    versions: Object.fromEntries(counted.map(({ kind, version }) => [kind, version])),
    wakes: wakes.map((wake) => ({ ...wake })),
  };
}
