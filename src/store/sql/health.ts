import type { ChannelHealth, HealthStore } from "../health.ts";
import type { Store } from "../store.ts";
import type { Db, Work } from "./db.ts";

export function healthPart(db: Db): Pick<Store, keyof HealthStore> {
  return {
    channelHealth: (channelId) => db.read(() => read(db, channelId)),
    keepChannelHealth: (channelId, change) => db.write(() => keep(db, channelId, change)),
    lastReceived: (channelId) =>
      db.read(function* () {
        const sql = "SELECT received_at FROM payloads WHERE channel_id = ? ORDER BY id DESC LIMIT 1";
        return (yield* db.one<{ received_at: number }>(sql, channelId))?.received_at;
      }),
  };
}

function* read(db: Db, channelId: string): Work<ChannelHealth> {
  const sql = "SELECT state FROM channel_health WHERE channel_id = ?";
  const row = yield* db.one<{ state: string }>(sql, channelId);
  return row ? (JSON.parse(row.state) as ChannelHealth) : {};
}

function* keep(db: Db, channelId: string, change: ChannelHealth): Work<void> {
  const sql = `INSERT INTO channel_health SELECT id, ? FROM channels WHERE id = ? AND removed_at IS NULL
    ON CONFLICT (channel_id) DO UPDATE SET state = excluded.state`;
  yield* db.run(sql, JSON.stringify({ ...(yield* read(db, channelId)), ...change }), channelId);
}
