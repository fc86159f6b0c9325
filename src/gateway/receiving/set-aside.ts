import { GatewayError } from "../../core/problem.ts";
import type { AppRow, ChannelRow } from "../../store/rows.ts";
import { announce } from "../connecting/connect.ts";
import type { Gateway } from "../gateway.ts";

function channelReason({ id }: ChannelRow): string {
  return `The channel's credentials or settings cannot be read: what is stored of them was changed, or belongs elsewhere. Give them all again: PATCH /v1/channels/${id} {"credentials": {…}}`;
}

/**
 * At a start: whatever cannot be read rests, told once, and the others go on. Nothing is sent by half a secret, nothing
 * is believed that could not be proved, and a restart changes nothing about it.
 */
export async function setUnreadableAside(gateway: Gateway): Promise<void> {
  const { apps, channels, store, log } = gateway;
  for (const app of apps.all().filter((one) => one.isUnreadable))
    log.error(
      { app: app.id },
      "an app's secrets cannot be read: its channels rest until they are given again",
    );
  for (const channel of channels
    .all()
    .filter((one) => one.isUnreadable && !apps.get(one.appId ?? "")?.isUnreadable)) {
    log.error(
      { channel: channel.id },
      "a channel's credentials or settings cannot be read: it rests until its credentials are given again",
    );
    if (channel.paused) continue;
    const pausedReason = channelReason(channel);
    const rests = { paused: true, pausedReason, awaitsCredentials: true };
    const resting = await channels.update(channel.id, rests);
    await announce(gateway, resting, "channel.paused", pausedReason);
  }
  for (const endpoint of (await store.endpoints()).filter((one) => one.isUnreadable))
    log.error(
      { endpoint: endpoint.id },
      "an endpoint's secret or settings cannot be read: what it is owed waits until its URL and filters are given again, or its secret is rotated",
    );
}

/** What rests for it now, a sentence each. */
export async function setAside({ apps, channels, store }: Gateway): Promise<string[]> {
  const endpoints = (await store.endpoints()).filter((one) => one.isUnreadable);
  return [
    ...apps
      .all()
      .filter((one) => one.isUnreadable)
      .map(({ id }) => `the secrets of app ${id} cannot be read`),
    ...channels
      .all()
      .filter((one) => one.isUnreadable)
      .map(({ id }) => `the credentials or the settings of channel ${id} cannot be read`),
    ...endpoints.map(({ id }) => `the secret or the settings of endpoint ${id} cannot be read`),
  ];
}

/** A webhook that nobody can prove is neither believed nor refused for good: its platform sends it again for days. */
export function demandReadable(row: AppRow | ChannelRow): void {
  if (row.isUnreadable)
    throw new GatewayError(
      "unavailable",
      "What proves a webhook cannot be read here now. Send it again later.",
    );
}
