import type { AppRow, ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";

/** Where a channel's webhooks come to, behind the address at which platforms reach us: its own place, or its app's. */
export function webhookPath({ provider }: Pick<Gateway, "provider">, channel: ChannelRow): string {
  const { id, platform, appId } = channel;
  return appId === undefined
    ? `/webhooks/${platform}/${id}`
    : appWebhookPath({ provider: provider.name, id: appId });
}

/** The one place of all channels of an app. */
export function appWebhookPath({ provider, id }: Pick<AppRow, "provider" | "id">): string {
  return `/webhooks/${provider}/${id}`;
}
