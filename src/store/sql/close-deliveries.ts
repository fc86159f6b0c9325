import type { DeathReason } from "../endpoint-rows.ts";
import type { Db, Work } from "./db.ts";

/**
 * So many of what waits for an endpoint are dead from now on, unless it is served: somebody may have enabled it again
 * since the part before. How many they were.
 */
export function* closeDeliveries(
  db: Db,
  { endpointId, reason, limit }: { endpointId: string; reason: DeathReason; limit: number },
): Work<number> {
  return yield* db.run(
    `UPDATE deliveries SET state = 'dead', reason = ? WHERE seq IN (
       SELECT seq FROM deliveries INDEXED BY deliveries_lane WHERE endpoint_id = ? AND state = 'pending'
       AND NOT EXISTS (SELECT 1 FROM endpoints WHERE id = ? AND disabled IS NULL) LIMIT ?)`,
    reason,
    endpointId,
    endpointId,
    limit,
  );
}
