import type { ChannelRow } from "../store/rows.ts";
import type { ChannelCheck } from "./check.ts";
import type { Gateway } from "./gateway.ts";
import { isPolled, type Reach, webhookPlace } from "./reach.ts";

interface Seen extends Omit<ChannelCheck, "advice"> {
  reach: Reach;
  /** Why the channel does not receive, as far as the gateway knows. */
  waiting: string | undefined;
  /** Why the platform did not tell where its webhooks go. */
  unread: string | undefined;
}

/** What to do, in sentences, the most urgent first. */
export function adviceOn(gateway: Gateway, channel: ChannelRow, seen: Seen): string[] {
  const { title } = gateway.platforms[channel.platform];
  const { problem, state } = seen.credentials;
  const renew = `PATCH /v1/channels/${channel.id} with {"credentials": {…}}`;
  if (state === "unreachable") return [`${title} does not answer now: check again later.`];
  if (state === "refused") {
    const what = `${title} refuses the credentials: ${problem!.message}`;
    return [what, problem!.hint ?? `Make a new token, then ${renew}.`];
  }
  const lacking = seen.permissions.missing.join(", ");
  const onPermissions = lacking && `The token lacks ${lacking}: make a new one with it, then ${renew}.`;
  return [onPermissions, onApp(channel, seen), onReceiving(gateway, channel, seen)].filter(
    (sentence) => sentence !== "",
  );
}

/** The app's own calls go out with its secret. */
function onApp({ appId }: ChannelRow, { unread }: Seen): string {
  if (appId === undefined || unread === undefined) return "";
  return `The platform refuses to tell of the app's webhooks (${unread}): if the app secret is not right, PATCH /v1/apps/${appId} with {"app_secrets": […]}.`;
}

function onReceiving(gateway: Gateway, channel: ChannelRow, { webhook, reach, waiting }: Seen): string {
  const { title } = gateway.platforms[channel.platform];
  const register = `POST /v1/channels/${channel.id}/register`;
  if (webhook.state === "other") {
    return `${title} sends this channel's webhooks to ${webhook.host}: remove them there, or ${register} with {"take_over": true}.`;
  }
  if (waiting !== undefined) return `The channel does not receive: ${waiting}`;
  if (isPolled(gateway.platforms[channel.platform], reach)) return "";
  if (webhook.state === "none")
    return `${title} sends this channel's webhooks nowhere any more: ${register}.`;
  const place = webhookPlace(gateway, reach, channel);
  const isMoved = webhook.state === "ours" && place && new URL(place.url).host !== webhook.host;
  return isMoved ? `${title} still sends webhooks to ${webhook.host}: ${register}.` : "";
}
