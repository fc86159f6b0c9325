import type { Platform } from "../../core/platform.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { webhookPath } from "./webhook-path.ts";

/** Where platforms reach us. */
export interface Reach {
  /** `ANTIPHON_PUBLIC_URL`; absent: platforms that can be polled are polled. */
  publicUrl?: string;
  /** Where a simulator on this machine reaches us. */
  loopbackUrl: string;
}

/** Where platforms cannot reach us, those that can be polled are. */
export function isPolled(platform: Platform, { publicUrl }: Reach): boolean {
  return platform.poll !== undefined && publicUrl === undefined;
}

/** The address that a channel's webhooks shall go to, and the secret that it shares with the platform. */
export interface WebhookPlace {
  url: string;
  secret: string;
}

/** Undefined where the channel's platform cannot reach us. */
export function webhookPlace(gateway: Gateway, reach: Reach, channel: ChannelRow): WebhookPlace | undefined {
  const base = channel.simulated ? reach.loopbackUrl : reach.publicUrl;
  return base === undefined
    ? undefined
    : { url: `${base}${webhookPath(gateway, channel)}`, secret: gateway.channels.verifyToken(channel) };
}

/**
 * Whether webhooks that go to `url` come to us: to any of our webhook paths at an address of ours, which a removed channel
 * leaves behind; or to this channel's path or its app's at another host, our former address. Without a public address we
 * have moved nowhere: there it may be the gateway whose data we are a copy of.
 */
export function isOurs(
  url: string,
  gateway: Gateway,
  { reach, channel }: { reach: Reach; channel: ChannelRow },
): boolean {
  const path = URL.canParse(url) ? new URL(url).pathname : "";
  const canHaveMoved = reach.publicUrl !== undefined || channel.simulated;
  if (canHaveMoved && path.endsWith(webhookPath(gateway, channel))) return true;
  return [reach.publicUrl, reach.loopbackUrl].some((base) => base && url.startsWith(`${base}/webhooks/`));
}
