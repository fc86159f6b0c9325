import { timestamp } from "../../core/clock.ts";
import type { Event } from "../../core/event.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";

/**
 * The platform tells this channel's events to nobody, or to another program. Told once, from when on something may be
 * missing; nothing for a channel that never received.
 */
export async function noteUnsubscribed(gateway: Gateway, channel: ChannelRow, reason: string): Promise<void> {
  const { store, clock, log, eventsWritten } = gateway;
  const health = await store.channelHealth(channel.id);
  const checkedAt = clock.now();
  if (health.registeredAt === undefined || health.lostSince !== undefined)
    return store.keepChannelHealth(channel.id, { checkedAt });
  // What came last shows that until then it was told, and so does the last good look.
  const lostSince = Math.max(health.registeredAt, (await store.lastReceived(channel.id)) ?? 0);
  await Promise.all([
    store.keepChannelHealth(channel.id, { checkedAt, lostSince }),
    store.addEvent({
      ...about(gateway, channel, "channel.unsubscribed"),
      since: timestamp(lostSince),
      reason,
    }),
  ]);
  log.warn({ channel: channel.id, since: timestamp(lostSince), reason }, "a channel was unsubscribed");
  eventsWritten.raise();
}

/** Its events come to us; a gap that was told ends here. */
export async function noteSubscribed(gateway: Gateway, channel: ChannelRow): Promise<void> {
  const { store, clock, log, eventsWritten } = gateway;
  const { lostSince } = await store.channelHealth(channel.id);
  const now = clock.now();
  const kept = { checkedAt: now, registeredAt: now, lostSince: undefined };
  if (lostSince === undefined) return store.keepChannelHealth(channel.id, kept);
  const gap = { since: timestamp(lostSince), until: timestamp(now) };
  await Promise.all([
    store.keepChannelHealth(channel.id, kept),
    store.addEvent({ ...about(gateway, channel, "channel.resubscribed"), ...gap }),
  ]);
  log.info({ channel: channel.id, ...gap }, "a channel is subscribed again");
  eventsWritten.raise();
}

function about({ clock }: Gateway, { id, platform }: ChannelRow, type: Event["type"]): Omit<Event, "id"> {
  return { type, timestamp: timestamp(clock.now()), channel: { id, platform } };
}
