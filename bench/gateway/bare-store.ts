import { DatabaseSync } from "node:sqlite";
import pg from "pg";

/** One table; both fulfil when what they did is durable. */
export interface BareStore {
  insert(body: string): Promise<number>;
  settle(id: number, platformId: string): Promise<void>;
}

interface Group {
  bodies: string[];
  settled: { id: number; platformId: string }[];
}

/** In a file, or a database where the place is a URL. */
export async function bareStore(place: string): Promise<BareStore> {
  return grouped(await (place.startsWith("postgresql:") ? inPostgres(place) : inSqlite(place)));
}

/** Commits one group after another, each of all that came since the last began; gives the ids of its bodies. */
function grouped(commit: (group: Group) => Promise<number[]>): BareStore {
  let [group, committing] = [newGroup(), false];
  let done = Promise.withResolvers<number[]>();
  const turn = async (): Promise<void> => {
    const [mine, { resolve, reject }] = [group, done];
    [group, done] = [newGroup(), Promise.withResolvers()];
    await commit(mine).then(resolve, reject);
    committing = group.bodies.length + group.settled.length > 0;
    if (committing) setImmediate(turn);
  };
  const inNext = (): Promise<number[]> => {
    if (!committing) setImmediate(turn);
    committing = true;
    return done.promise;
  };
  return {
    async insert(body) {
      const at = group.bodies.push(body) - 1;
      return (await inNext())[at]!;
    },
    async settle(id, platformId) {
      group.settled.push({ id, platformId });
      await inNext();
    },
  };
}

function newGroup(): Group {
  return { bodies: [], settled: [] };
}

function inSqlite(file: string): (group: Group) => Promise<number[]> {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768");
  db.exec("PRAGMA wal_autocheckpoint = 4000");
  db.exec("CREATE TABLE messages (id INTEGER PRIMARY KEY, body TEXT NOT NULL, platform_id TEXT)");
  const insert = db.prepare("INSERT INTO messages (body) VALUES (?)");
  const settle = db.prepare("UPDATE messages SET platform_id = ? WHERE id = ?");
  return async ({ bodies, settled }) => {
    db.exec("BEGIN IMMEDIATE");
    const ids = bodies.map((body) => Number(insert.run(body).lastInsertRowid));
    for (const { id, platformId } of settled) settle.run(platformId, id);
    db.exec("COMMIT");
    return ids;
  };
}

/** Both in one statement, which is its own transaction: one round trip for a group. */
async function inPostgres(url: string): Promise<(group: Group) => Promise<number[]>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "CREATE TABLE messages (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text NOT NULL, platform_id text)",
  );
  const text = `WITH settled AS (UPDATE messages SET platform_id = told.platform_id
      FROM unnest($2::bigint[], $3::text[]) AS told (id, platform_id) WHERE messages.id = told.id)
    INSERT INTO messages (body) SELECT body FROM unnest($1::text[]) WITH ORDINALITY AS new (body, place)
    ORDER BY place RETURNING id`;
  return async ({ bodies, settled }) => {
    const values = [bodies, settled.map(({ id }) => id), settled.map(({ platformId }) => platformId)];
    const { rows } = await client.query<{ id: string }>({ name: "commit", text, values });
    return rows.map(({ id }) => Number(id));
  };
}
