import { timestamp } from "../core/clock.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { ChannelRow } from "../store/rows.ts";

/** What the hourly look last found of a channel. */
export async function healthJson({ store }: Gateway, channel: ChannelRow) {
  const health = await store.channelHealth(channel.id);
  const state =
    health.lostSince !== undefined ? "lost" : health.registeredAt === undefined ? "unknown" : "ok";
  return {
    registration: { state, since: told(health.lostSince) },
    token: { expires_at: told(health.tokenExpiresAt) },
    last_checked: told(health.checkedAt),
    last_received: told(await store.lastReceived(channel.id)),
  };
}

function told(at: number | undefined): string | undefined {
  return at === undefined ? undefined : timestamp(at);
}
