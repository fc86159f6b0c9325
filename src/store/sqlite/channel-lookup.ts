import type { PlatformName } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { Db } from "./connection.ts";

/** Throws unless the channel is connected. */
export function demandChannel(db: Db, id: string): void {
  if (db.one("SELECT 1 FROM channels WHERE id = ? AND removed_at IS NULL", id)) return;
  throw new GatewayError("unknown_channel", `There is no channel ${id}.`);
}

/** Also of a channel that was removed: its history still says where it happened. */
export function platformOf(db: Db, channelId: string): PlatformName {
  const row = db.one<{ platform: PlatformName }>("SELECT platform FROM channels WHERE id = ?", channelId);
  if (row) return row.platform;
  throw new GatewayError("unknown_channel", `There is no channel ${channelId}.`);
}
