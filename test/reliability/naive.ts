import { rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * The control: what the gateway would find had it neither intent nor journal. Every call that was under way at a kill
 * stands in its queue as if it had never left, so that the next start sends it again.
 */
export function forgetWhatLeft(dataDir: string): void {
  rmSync(join(dataDir, "receipts.journal"), { force: true });
  const db = new DatabaseSync(join(dataDir, "antiphon.db"));
  db.exec("UPDATE calls SET state = 'queued' WHERE state IN ('sending', 'held')");
  db.close();
}
