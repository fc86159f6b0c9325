import type { Call, HttpResponse } from "../core/platform.ts";
import type { ChannelRow } from "../store/rows.ts";
import { ask } from "./ask.ts";
import { accessTo } from "./channels.ts";
import type { Gateway } from "./gateway.ts";
import { isOurs, type Reach, webhookPlace } from "./reach.ts";
import { outcomeOf } from "./send.ts";

const registerLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Where a channel's webhooks go now; `not_told`: the platform tells it to nobody with these credentials. */
export type WebhookState = { state: "ours" | "other"; host: string } | { state: "none" | "not_told" };

export type Registration =
  /** `url` absent: the channel is polled. */
  | { kind: "receives"; url?: string; webhook: WebhookState }
  /** Another program gets what is meant for this channel; nothing was changed. `host` where it has one. */
  | { kind: "conflict"; host?: string; reason: string }
  /** `isFinal`: no further try can help. */
  | { kind: "refused"; reason: string; isFinal?: true }
  | { kind: "unreachable"; reason: string };
export type Obstacle = Exclude<Registration, { kind: "receives" }>;

export interface RegistrationWish {
  reach: Reach;
  takeOver: boolean;
  signal?: AbortSignal;
}

/** Points the platform's webhooks at us and looks whether they stand. Those of another program stay without `takeOver`. */
export async function registerWebhooks(
  gateway: Gateway,
  channel: ChannelRow,
  wish: RegistrationWish,
): Promise<Registration> {
  const platform = gateway.platforms[channel.platform];
  const place = webhookPlace(gateway, wish.reach, channel);
  if (!place) {
    const reason = `${platform.title} sends only to a public address: set ANTIPHON_PUBLIC_URL and start again`;
    return { kind: "refused", reason, isFinal: true };
  }
  const obstacle =
    (await foreignWebhook(gateway, channel, wish)) ??
    (await perform(gateway, channel, {
      calls: platform.webhook.point(place.url, place.secret, accessTo(channel).credentials),
      signal: wish.signal,
    }));
  if (obstacle) return obstacle;
  const webhook = await inspectWebhook(gateway, channel, wish);
  if ("kind" in webhook && webhook.kind !== "refused") return webhook;
  // It was set, and who may not look at it has no more to go by.
  if ("kind" in webhook) return { kind: "receives", url: place.url, webhook: { state: "not_told" } };
  if (webhook.state === "ours" || webhook.state === "not_told") {
    return { kind: "receives", url: place.url, webhook };
  }
  const where = webhook.state === "other" ? `go to ${webhook.host}` : "go nowhere";
  const reason = `${platform.title} took the webhook's address, but this channel's webhooks still ${where}`;
  return { kind: "refused", reason };
}

/** Makes the calls that polling begins with, unless a webhook of another program would be lost by them. */
export async function preparePolling(
  gateway: Gateway,
  channel: ChannelRow,
  wish: RegistrationWish,
): Promise<Registration> {
  const { prepare } = gateway.platforms[channel.platform].poll!;
  const obstacle =
    (await foreignWebhook(gateway, channel, wish)) ??
    (await perform(gateway, channel, { calls: prepare(), signal: wish.signal }));
  return obstacle ?? { kind: "receives", webhook: { state: "none" } };
}

/** Asks where the webhooks go; changes nothing. */
export async function inspectWebhook(
  gateway: Gateway,
  channel: ChannelRow,
  { reach, signal }: Pick<RegistrationWish, "reach" | "signal">,
): Promise<WebhookState | Obstacle> {
  const { webhook } = gateway.platforms[channel.platform];
  const call = webhook.inspect(accessTo(channel).credentials);
  if (!call) return { state: "not_told" };
  const answer = await answerTo(gateway, channel, { call, signal });
  if (!("status" in answer)) return answer;
  const set = webhook.read(answer);
  if ("problem" in set) return { kind: "refused", reason: `${call.part}: ${set.problem.message}` };
  if (set.url === undefined) return { state: "none" };
  const state = isOurs(set.url, reach, channel) ? "ours" : "other";
  return { state, host: hostOf(set.url) };
}

async function foreignWebhook(
  gateway: Gateway,
  channel: ChannelRow,
  wish: RegistrationWish,
): Promise<Obstacle | undefined> {
  if (wish.takeOver) return undefined;
  const webhook = await inspectWebhook(gateway, channel, wish);
  // Unread, it may be anybody's: nothing is set before it is known.
  if ("kind" in webhook) return webhook;
  if (webhook.state !== "other") return undefined;
  const { title } = gateway.platforms[channel.platform];
  const reason = `${title} sends what is meant for this channel to another program, at host ${webhook.host}`;
  return { kind: "conflict", host: webhook.host, reason };
}

async function perform(
  gateway: Gateway,
  channel: ChannelRow,
  { calls, signal }: { calls: Call[]; signal: AbortSignal | undefined },
): Promise<Obstacle | undefined> {
  const platform = gateway.platforms[channel.platform];
  for (const call of calls) {
    const answer = await answerTo(gateway, channel, { call, signal });
    if (!("status" in answer)) return answer;
    const outcome = outcomeOf({ kind: "answer", response: answer, cut: false }, platform);
    if (outcome.kind !== "accepted")
      return { kind: "refused", reason: `${call.part}: ${outcome.problem.message}` };
  }
  return undefined;
}

async function answerTo(
  gateway: Gateway,
  channel: ChannelRow,
  { call, signal }: { call: Call; signal: AbortSignal | undefined },
): Promise<HttpResponse | (Obstacle & { kind: "unreachable" })> {
  const platform = gateway.platforms[channel.platform];
  const party = { platform, access: accessTo(channel) };
  const exchange = await ask(gateway.transport, party, call, { ...registerLimits, signal });
  if (exchange.kind === "answer") return exchange.response;
  return { kind: "unreachable", reason: `${platform.title} does not answer (${exchange.reason})` };
}

/** Never the whole address: others' webhook paths hold their secrets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is no URL";
}
