import type { PlatformName } from "../../core/platform.ts";
import { GatewayError, type PlatformProblem } from "../../core/problem.ts";
import type { Db, Work } from "./db.ts";

/** Why what was still to be sent on a removed channel is not. */
export const channelRemoved: PlatformProblem = {
  code: "channel_removed",
  message: "The channel was removed before this was sent.",
};

export function* isConnected(db: Db, id: string): Work<boolean> {
  return (yield* db.one("SELECT 1 FROM channels WHERE id = ? AND removed_at IS NULL", id)) !== undefined;
}

/** Throws unless the channel is connected. Gives its platform. */
export function* demandChannel(db: Db, id: string): Work<PlatformName> {
  const sql = "SELECT platform FROM channels WHERE id = ? AND removed_at IS NULL";
  const row = yield* db.one<{ platform: PlatformName }>(sql, id);
  if (row) return row.platform;
  throw new GatewayError("unknown_channel", `There is no channel ${id}.`);
}
