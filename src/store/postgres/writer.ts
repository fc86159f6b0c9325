import type { Session } from "./session.ts";

/** One gateway among those that write to a database. */
export interface Writer {
  generation: number;
  batch: number;
}

/** Rows of gateways that ended long ago say nothing to anybody. */
const kept = 1_000;

/** Takes a number that no gateway has had before, with a row for what it commits. */
export async function takePart(session: Session): Promise<Writer> {
  const sql = `WITH next AS (UPDATE installation SET generation = generation + 1 RETURNING generation)
    INSERT INTO writers (generation, batch) SELECT generation, 0 FROM next RETURNING generation`;
  const generation = Number((await session.exec(sql)).rows[0]?.generation);
  await session.exec(`DELETE FROM writers WHERE generation < ${generation - kept}`);
  return { generation, batch: 0 };
}
