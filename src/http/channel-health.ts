import { timestamp } from "../core/clock.ts";
import { versionOf } from "../gateway/connecting/api-versions.ts";
import { restrictionNow } from "../gateway/connecting/restriction-told.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { ChannelHealth } from "../store/health.ts";
import type { ChannelRow } from "../store/rows.ts";

/** What the hourly look last found of a channel. */
export async function healthJson(gateway: Gateway, channel: ChannelRow) {
  const { store } = gateway;
  const health = await store.channelHealth(channel.id);
  const state =
    health.lostSince !== undefined ? "lost" : health.registeredAt === undefined ? "unknown" : "ok";
  return {
    version: versionJson(gateway, channel, health),
    account: accountJson(gateway, channel, health),
    registration: { state, since: told(health.lostSince) },
    token: { expires_at: told(health.tokenExpiresAt) },
    last_checked: told(health.checkedAt),
    last_received: told(await store.lastReceived(channel.id)),
  };
}

function versionJson(gateway: Gateway, channel: ChannelRow, { servedVersion }: ChannelHealth) {
  const version = versionOf(gateway, channel);
  if (!version) return undefined;
  const { name, endsAt, warning } = version;
  const other =
    servedVersion && `It was asked by ${name} and answers by ${servedVersion}: ${name} may have ended.`;
  return { name, ends_at: told(endsAt), served: servedVersion, warning: warning ?? other };
}

/** A restriction that the channel goes on in spite of is none; what was to end has ended. */
function accountJson({ clock }: Gateway, channel: ChannelRow, health: ChannelHealth) {
  const { account, notice } = health;
  const now = clock.now();
  const shownUntil = account?.until ?? account?.shownUntil;
  const isOver =
    account?.state === "restricted"
      ? !restrictionNow(channel, { health, now })
      : shownUntil !== undefined && shownUntil <= now;
  const shown = isOver ? undefined : account;
  return {
    state: shown?.state ?? "ok",
    ...(shown && { reason: shown.reason, since: told(shown.since), until: told(shown.until) }),
    last_notice: notice && { ...notice, at: told(notice.at) },
  };
}

function told(at: number | undefined): string | undefined {
  return at === undefined ? undefined : timestamp(at);
}
