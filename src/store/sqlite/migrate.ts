import type { DatabaseSync } from "node:sqlite";
import { GatewayError } from "../../core/problem.ts";
import type { Forward } from "../migrating.ts";
import { initial } from "../migrations/0001-initial.ts";
import { apps } from "../migrations/0002-apps.ts";
import { keyedRequests } from "../migrations/0003-keyed-requests.ts";
import { backlog } from "../migrations/0004-backlog.ts";
import { ambiguity } from "../migrations/0005-ambiguity.ts";
import { unfinished } from "../migrations/0006-unfinished.ts";
import { paces } from "../migrations/0007-paces.ts";
import { checksums } from "../migrations/0008-checksums.ts";
import { lanes } from "../migrations/0009-lanes.ts";
import { echoes } from "../migrations/0010-echoes.ts";
import { apiKeys } from "../migrations/0011-api-keys.ts";
import { dataKeys } from "../migrations/0012-data-keys.ts";
import { gatewayTime } from "../migrations/0013-gateway-time.ts";
import { delivering } from "../migrations/0014-delivering.ts";
import { blockedLanes } from "../migrations/0015-blocked-lanes.ts";
import { erasures } from "../migrations/0016-erasures.ts";
import { retention } from "../migrations/0017-retention.ts";
import { suspects } from "../migrations/0018-suspects.ts";
import { audit } from "../migrations/0019-audit.ts";
import { settingsChecksums } from "../migrations/0020-settings-checksums.ts";
import { channelHealth } from "../migrations/0021-channel-health.ts";
import { tally } from "../migrations/0022-tally.ts";
import { waitingDeliveries } from "../migrations/0023-waiting-deliveries.ts";
import { erasingUnread } from "../migrations/0024-erasing-unread.ts";
import { listsForPeople } from "../migrations/0025-lists-for-people.ts";
import { replayKeys } from "../migrations/0026-replay-keys.ts";
import { sessions } from "../migrations/0027-sessions.ts";
import { nodes } from "../migrations/0028-nodes.ts";
import { shardKeys } from "../migrations/0029-shard-keys.ts";
import { keyedNodes } from "../migrations/0030-keyed-nodes.ts";

/** In order; the file's `user_version` is how many of them it has had. A published one never changes. */
export const migrations: Readonly<Record<string, string>> = {
  "0001-initial": initial,
  "0002-apps": apps,
  "0003-keyed-requests": keyedRequests,
  "0004-backlog": backlog,
  "0005-ambiguity": ambiguity,
  "0006-unfinished": unfinished,
  "0007-paces": paces,
  "0008-checksums": checksums,
  "0009-lanes": lanes,
  "0010-echoes": echoes,
  "0011-api-keys": apiKeys,
  "0012-data-keys": dataKeys,
  "0013-gateway-time": gatewayTime,
  "0014-delivering": delivering,
  "0015-blocked-lanes": blockedLanes,
  "0016-erasures": erasures,
  "0017-retention": retention,
  "0018-suspects": suspects,
  "0019-audit": audit,
  "0020-settings-checksums": settingsChecksums,
  "0021-channel-health": channelHealth,
  "0022-tally": tally,
  "0023-waiting-deliveries": waitingDeliveries,
  "0024-erasing-unread": erasingUnread,
  "0025-lists-for-people": listsForPeople,
  "0026-replay-keys": replayKeys,
  "0027-sessions": sessions,
  "0028-nodes": nodes,
  "0029-shard-keys": shardKeys,
  "0030-keyed-nodes": keyedNodes,
};

/** Brings a file up to this version in one transaction; refuses a file that a newer version has written. */
export function migrate(db: DatabaseSync, file: string): void {
  const { from, to, steps } = plan(db, file);
  if (steps.length === 0) return;
  db.exec("BEGIN IMMEDIATE");
  try {
    for (const step of steps) db.exec(migrations[step]!);
    db.exec(`PRAGMA user_version = ${to}`);
    db.exec("COMMIT");
  } catch (error) {
    if (db.isTransaction) db.exec("ROLLBACK");
    throw error;
  }
  // Before the second version, what was deleted stayed readable in the file's free space.
  if (from === 1) db.exec("VACUUM");
}

/** What `migrate` would do now. */
export function plan(db: DatabaseSync, file: string): Forward {
  const names = Object.keys(migrations);
  const from = Number(db.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (from > names.length) {
    throw new GatewayError(
      "unavailable",
      `${file} was written by a newer version of Antiphon (its schema is ${from}, this one knows ${names.length}). Start the newer version, or restore a backup.`,
    );
  }
  return { from, to: names.length, steps: names.slice(from) };
}
