import { GatewayError } from "../../core/problem.ts";
import type { Lease, LeasingStore, Name, NodeRow, Realm } from "../leasing.ts";
import type { Db, Work } from "./db.ts";

/** Leases by name, each with the number that it had from its last owner on. */
export function leasesPart(db: Db): LeasingStore {
  return {
    joinNodes: (id) =>
      db.write(function* () {
        yield* db.insert("nodes", { id, beat: 0 });
      }),
    beat: (id) =>
      db.apart(function* () {
        return (yield* db.run("UPDATE nodes SET beat = beat + 1 WHERE id = ?", id)) > 0;
      }),
    beats: () => db.apart(() => beats(db)),
    cluster: () => db.read(() => cluster(db)),
    // What the node has under way commits before anybody can claim its names, for claims and writes are one after another.
    endNode: (id, beat) =>
      db.apart(function* () {
        const sql = `DELETE FROM nodes WHERE id = ?${beat === undefined ? "" : " AND beat = ?"}`;
        return (yield* db.run(sql, id, ...(beat === undefined ? [] : [beat]))) > 0;
      }),
    claim: (node, names) => db.write(() => claim(db, node, names)),
    release: (leases) =>
      db.write(function* () {
        for (const { name, node, fence } of leases)
          yield* db.run(
            "UPDATE leases SET node = NULL WHERE name = ? AND node = ? AND fence = ?",
            name,
            node,
            fence,
          );
      }),
  };
}

/** The same database for the owner of a name: nothing is written any more once the lease is over. */
export function under(db: Db, lease: Lease): Db {
  return {
    ...db,
    write: (work, how) =>
      db.write(function* () {
        yield* demandLease(db, lease);
        return yield* work();
      }, how),
  };
}

function* demandLease(db: Db, { name, node, fence }: Lease): Work<void> {
  const sql = `SELECT 1 FROM leases WHERE name = ? AND node = ? AND fence = ?
    AND EXISTS (SELECT 1 FROM nodes WHERE id = ?)`;
  if (yield* db.one(sql, name, node, fence, node)) return;
  throw new GatewayError("conflict", `This node does not work for ${name} any more: another one may.`);
}

/** The ids of each realm that there is something to work for. */
const present: Record<Exclude<Realm, "once">, string> = {
  // Of one that was removed, too, while a call of it is under way: somebody must settle what its owner did not.
  channel: `SELECT id FROM channels
    WHERE removed_at IS NULL OR id IN (SELECT channel_id FROM calls WHERE state = 'sending')`,
  app: "SELECT id FROM apps WHERE removed_at IS NULL",
  endpoint: "SELECT id FROM endpoints",
};
const realms = Object.keys(present) as (keyof typeof present)[];

function* beats(db: Db): Work<NodeRow[]> {
  const rows = yield* db.all<NodeRow>("SELECT id, beat FROM nodes ORDER BY id");
  return rows.map((row) => ({ ...row }));
}

function* cluster(db: Db): Work<{ nodes: NodeRow[]; leases: Lease[]; names: Name[] }> {
  const nodes = yield* beats(db);
  const leases = yield* db.all<Lease>(
    "SELECT name, node, fence FROM leases WHERE node IN (SELECT id FROM nodes) ORDER BY name",
  );
  const names: Name[] = ["once"];
  for (const realm of realms)
    for (const { id } of yield* db.all<{ id: string }>(present[realm])) names.push(`${realm} ${id}`);
  return { nodes, leases: leases.map((row) => ({ ...row })), names };
}

/** Names of what was removed, once no node holds them, and what their owners were to be told. */
export function* dropGoneNames(db: Db): Work<number> {
  let dropped = 0;
  for (const realm of realms) {
    const isGone = `name LIKE '${realm} %' AND name NOT IN (SELECT '${realm} ' || id FROM (${present[realm]}) AS present)`;
    dropped += yield* db.run(
      `DELETE FROM leases WHERE ${isGone} AND (node IS NULL OR node NOT IN (SELECT id FROM nodes))`,
    );
    dropped += yield* db.run(`DELETE FROM wakes WHERE ${isGone} AND name NOT IN (SELECT name FROM leases)`);
  }
  return dropped;
}

function* claim(db: Db, node: string, names: readonly Name[]): Work<Lease[]> {
  const claimed: Lease[] = [];
  if (!(yield* db.one("SELECT 1 FROM nodes WHERE id = ?", node))) return claimed;
  for (const name of names) {
    yield* db.run(
      "INSERT INTO leases (name, node, fence) VALUES (?, NULL, 0) ON CONFLICT (name) DO NOTHING",
      name,
    );
    const isFree = "node IS NULL OR node NOT IN (SELECT id FROM nodes)";
    const changed = yield* db.run(
      `UPDATE leases SET node = ?, fence = fence + 1 WHERE name = ? AND (${isFree})`,
      node,
      name,
    );
    if (changed === 0) continue;
    const row = yield* db.one<{ fence: number }>("SELECT fence FROM leases WHERE name = ?", name);
    claimed.push({ name, node, fence: row!.fence });
  }
  return claimed;
}
