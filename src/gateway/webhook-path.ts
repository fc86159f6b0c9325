import type { AppRow, ChannelRow } from "../store/rows.ts";

/** Where a channel's webhooks come to, behind the address at which platforms reach us: its own place, or its app's. */
export function webhookPath({ id, platform, appId }: ChannelRow): string {
  return appId === undefined
    ? `/webhooks/${platform}/${id}`
    : appWebhookPath({ provider: "meta", id: appId });
}

/** The one place of all channels of an app. */
export function appWebhookPath({ provider, id }: Pick<AppRow, "provider" | "id">): string {
  return `/webhooks/${provider}/${id}`;
}
