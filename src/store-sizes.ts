import { stat, statfs } from "node:fs/promises";
import { join } from "node:path";

const files = { database: "antiphon.db", log: "antiphon.db-wal", journal: "receipts.journal" };

/** How large the store's files are, and what is free beside them. */
export async function storeSizes(
  folder: string,
): Promise<{ files: Record<string, number>; freeBytes: number }> {
  const sizes = Object.entries(files).map(async ([name, file]): Promise<[string, number]> => {
    const found = await stat(join(folder, file)).catch(() => undefined);
    return [name, found?.size ?? 0];
  });
  const { bavail, bsize } = await statfs(folder);
  return { files: Object.fromEntries(await Promise.all(sizes)), freeBytes: bavail * bsize };
}
