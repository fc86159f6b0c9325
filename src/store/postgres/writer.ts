import type { Session } from "./session.ts";

/** One gateway among those that write to a database. */
export interface Writer {
  generation: number;
  batch: number;
}

/**
 * The row of a gateway that was killed says nothing to anybody, and goes when so many transactions have gone by since it
 * was written: days of a full load. One that lives writes its own every second, however many are started beside it.
 */
const keptFor = 100_000_000;

/** Takes a number that no gateway has had before, with a row for what it commits. */
export async function takePart(session: Session, keptTransactions = keptFor): Promise<Writer> {
  const sql = `WITH next AS (UPDATE installation SET generation = generation + 1 RETURNING generation)
    INSERT INTO writers (generation, batch) SELECT generation, 0 FROM next RETURNING generation`;
  const generation = Number((await session.exec(sql)).rows[0]?.generation);
  await session.exec(`DELETE FROM writers WHERE age(xmin) > ${keptTransactions}`);
  return { generation, batch: 0 };
}
