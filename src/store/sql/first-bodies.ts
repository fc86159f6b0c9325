import type { Batch } from "../paging.ts";
import type { Db, Work } from "./db.ts";

/** The first rows of a queue: `of` are the values of its conditions. `octet_length` tells a body's size without reading it. */
export function* firstBodies<Row>(
  db: Db,
  { from, of, batch }: { from: string; of: readonly (string | number)[]; batch: Batch },
): Work<Row[]> {
  const sizes = yield* db.all<{ id: number; bytes: number }>(
    `SELECT id, octet_length(body) AS bytes FROM ${from} ORDER BY id LIMIT ?`,
    ...of,
    batch.limit,
  );
  let bytes = 0;
  const fitting = sizes.filter((size, index) => {
    bytes += size.bytes;
    return index === 0 || bytes <= batch.maxBytes;
  });
  return yield* db.all<Row>(`SELECT * FROM ${from} ORDER BY id LIMIT ?`, ...of, fitting.length);
}
