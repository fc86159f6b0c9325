import { timestamp } from "../core/clock.ts";
import type { AccountNotice } from "../core/platform.ts";
import type { ChannelHealth } from "../store/health.ts";
import type { ChannelRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { endRestriction, pauseRestricted } from "./restricted.ts";

/** How long a warning is shown that has no end of its own: nothing takes it back. */
const shownMs = 30 * 86_400_000;
const hourMs = 3_600_000;

type Said = NonNullable<ChannelHealth["notice"]>;

/**
 * What the platform says of the account itself: shown with the channel's health, told once, and where nothing may leave
 * any more, or may again, the channel pauses or goes on. `wake` lets its lanes go on.
 */
export async function heedNotice(
  gateway: Gateway,
  channelId: string,
  { notice, wake }: { notice: AccountNotice; wake: (channelId: string) => void },
): Promise<void> {
  const { store, clock, channels, log, meter } = gateway;
  const channel = channels.get(channelId);
  if (!channel) return;
  const now = clock.now();
  const { state, reason, at = now, until } = notice;
  const known = await store.channelHealth(channelId);
  // Overtaken by what was said after it.
  const isOld = at < (known.notice?.at ?? 0) || (until !== undefined && until <= now);
  if (isOld || isRepeated({ state, reason, at }, known.notice)) return;
  meter.count("antiphon_account_notices_total", { platform: channel.platform, state });
  log.warn({ channel: channelId, state, reason }, "the platform speaks of the account's standing");
  if (state === "restricted") await pauseRestricted(gateway, channelId, { reason, until });
  if (state === "lifted") await endRestriction(gateway, channelId, { why: reason, wake });
  const isShown = state === "limited" || state === "warned";
  const shownUntil = until ?? now + shownMs;
  const account = isShown &&
    !channels.get(channelId)?.restricted && { state, reason, since: now, until: shownUntil };
  await Promise.all([
    store.keepChannelHealth(channelId, {
      notice: { state, reason, at },
      ...(account && { account }),
      ...(state === "lifted" && { account: undefined }),
    }),
    // What pauses or resumes is told by that.
    isShown && tell(gateway, channel, reason),
  ]);
}

/** The same webhook again; or the same of message after message, which is told once an hour. */
function isRepeated({ state, reason, at }: Said, before: Said | undefined): boolean {
  if (before?.reason !== reason) return false;
  const isShown = state === "limited" || state === "warned";
  return at === before.at || (isShown && at - before.at < hourMs);
}

async function tell(
  { store, clock, eventsWritten }: Gateway,
  { id, platform }: ChannelRow,
  reason: string,
): Promise<void> {
  const told = { type: "channel.account_warned" as const, timestamp: timestamp(clock.now()), reason };
  await store.addEvent({ ...told, channel: { id, platform } });
  eventsWritten.raise();
}
