import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import type { ChannelCheck } from "./check.ts";
import { appName } from "./prove-app.ts";
import { isPolled, type Reach, webhookPlace } from "./reach.ts";

interface Seen extends Omit<ChannelCheck, "advice"> {
  reach: Reach;
  /** Why the channel does not receive, as far as the gateway knows. */
  waiting: string | undefined;
  /** Why the platform did not tell where its webhooks go. */
  unread: string | undefined;
  /** Nobody has written to it, nor has it written to anybody. */
  isSilent: boolean;
}

/** What to do, in sentences, the most urgent first. */
export function adviceOn(gateway: Gateway, channel: ChannelRow, seen: Seen): string[] {
  const { title } = gateway.platforms[channel.platform];
  const { problem, state } = seen.credentials;
  const renew = `PATCH /v1/channels/${channel.id} with {"credentials": {…}}`;
  if (state === "unreachable") return [`${title} does not answer now: check again later.`];
  if (state === "refused") {
    const what = `${title} refuses the credentials: ${problem!.message}`;
    const way = problem!.hint ?? `Make a new token, then ${renew}.`;
    return channel.appId === undefined ? [what, way] : [what, way, ofAppSecret(channel.appId)];
  }
  const lacking = seen.permissions.missing.join(", ");
  const onPermissions = lacking && `The token lacks ${lacking}: make a new one with it, then ${renew}.`;
  const onToken = onAppOfToken(gateway, channel, seen);
  const onRefused = onRefusedWebhooks(gateway, channel, seen);
  const onWebhook = onReceiving(gateway, channel, seen);
  return [onPermissions, onToken, onApp(channel, seen), onRefused, onWebhook].filter(
    (sentence) => sentence !== "",
  );
}

function ofAppSecret(appId: string): string {
  return `If it is the app secret that is wrong: PATCH /v1/apps/${appId} with {"app_secrets": […]}.`;
}

/** The app's own calls go out with its secret. */
function onApp({ appId }: ChannelRow, { unread }: Seen): string {
  if (appId === undefined || unread === undefined) return "";
  return `The platform refuses to tell of the app's webhooks (${unread}): if the app secret is not right, PATCH /v1/apps/${appId} with {"app_secrets": […]}.`;
}

/** Webhooks go to the app that the token was made for, and the other one's stand all the same. */
function onAppOfToken(gateway: Gateway, channel: ChannelRow, { app, webhook, isSilent }: Seen): string {
  const own = channel.credentials.app_id;
  const { title } = gateway.platforms[channel.platform];
  if (app?.state === "another") {
    return `The token was made for ${appName(app)}, not for app ${own}, which gets no webhook of this account: make a token with app ${own}, or remove the channel and connect it with app ${app.id}.`;
  }
  if (app?.state !== "not_told" || webhook.state !== "ours" || !isSilent) return "";
  return `Nobody has written yet, and ${title} does not tell which app this token was made for: if nothing arrives, look whether it was made in the dashboard of app ${own}.`;
}

function onRefusedWebhooks(gateway: Gateway, channel: ChannelRow, { refused }: Seen): string {
  if (!refused) return "";
  const { title } = gateway.platforms[channel.platform];
  const last = new Date(refused.lastAt).toISOString();
  const way = channel.appId
    ? `PATCH /v1/apps/${channel.appId} with {"app_secrets": […]}`
    : `PATCH /v1/channels/${channel.id} with {"credentials": {…}}`;
  return `${refused.count} webhooks in a row were refused for their signature, the last at ${last}: if ${title} sent them, the secret here is not the one that it signs with: ${way}.`;
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
