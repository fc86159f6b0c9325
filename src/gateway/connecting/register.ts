import type { Call, HttpResponse, WebhookAddresses } from "../../core/platform.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { ask } from "../ask.ts";
import type { Gateway } from "../gateway.ts";
import { outcomeOf } from "../outcome.ts";
import { noteServed } from "./api-versions.ts";
import { accessTo } from "./channels.ts";
import { isOurs, type Reach, webhookPlace } from "./reach.ts";

const registerLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

/** Where a channel's webhooks go now; `not_told`: the platform tells it to nobody with these credentials. */
export type WebhookState = { state: "ours" | "other"; host: string } | { state: "none" | "not_told" };

export type Registration =
  /** `url` absent: the channel is polled. `gone`: what of an earlier registration had gone, as a sentence. */
  | { kind: "receives"; url?: string; webhook: WebhookState; gone?: string }
  /** Another program gets what is meant for this channel; nothing was changed. `host` where it has one. */
  | { kind: "conflict"; host?: string; reason: string }
  /** `isFinal`: no further try can help. */
  | { kind: "refused"; reason: string; isFinal?: true }
  | { kind: "unreachable"; reason: string }
  /** Nothing came of it, which is not the platform's doing: something else was asked of the channel, or all ends. */
  | { kind: "superseded" | "closing"; reason: string };
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
  const now = await freeWebhooks(gateway, channel, wish);
  if ("kind" in now) return now;
  const gone = await goneOf(gateway, channel, { ...wish, addresses: now.addresses });
  const calls = platform.webhook.point(place, accessTo(channel).credentials, now.addresses);
  const obstacle = await perform(gateway, channel, { calls, signal: wish.signal });
  if (obstacle) return obstacle;
  const webhook = await inspectWebhook(gateway, channel, wish);
  if ("kind" in webhook && webhook.kind !== "refused") return webhook;
  // It was set, and who may not look at it has no more to go by.
  const receives = { kind: "receives" as const, url: place.url, ...(gone !== undefined && { gone }) };
  if ("kind" in webhook) return { ...receives, webhook: { state: "not_told" } };
  if (webhook.state === "ours" || webhook.state === "not_told") return { ...receives, webhook };
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
  const now = await freeWebhooks(gateway, channel, wish);
  if ("kind" in now) return now;
  const obstacle = await perform(gateway, channel, { calls: prepare(), signal: wish.signal });
  return obstacle ?? { kind: "receives", webhook: { state: "none" } };
}

/**
 * What of the registration of a channel that has been registered is gone, as a sentence; changes nothing. `lacks`: nothing
 * that is told of messages is gone, but these fields.
 */
export async function lookForGaps(
  gateway: Gateway,
  channel: ChannelRow,
  wish: Pick<RegistrationWish, "reach" | "signal">,
): Promise<{ gone?: string; lacks?: string[] } | Obstacle> {
  const addresses = await addressesNow(gateway, channel, wish.signal);
  if (addresses && "kind" in addresses) return addresses;
  const gone = await goneOf(gateway, channel, { ...wish, addresses });
  if (gone !== undefined) return { gone };
  return addresses?.lacks ? { lacks: addresses.lacks.fields } : {};
}

async function goneOf(
  gateway: Gateway,
  channel: ChannelRow,
  { reach, signal, addresses }: Pick<RegistrationWish, "reach" | "signal"> & { addresses?: WebhookAddresses },
): Promise<string | undefined> {
  const { registeredAt } = await gateway.store.channelHealth(channel.id);
  if (registeredAt === undefined) return undefined;
  const { title, webhook } = gateway.platforms[channel.platform];
  if (addresses && addresses.url === undefined) return `${title} has no webhook for it any more`;
  if (addresses?.url !== undefined && !isOurs(addresses.url, gateway, { reach, channel }))
    return `${title} sends what is meant for it to another program, at host ${hostOf(addresses.url)}`;
  if (addresses?.lacks?.isGap)
    return `the app is not subscribed to ${addresses.lacks.fields.join(", ")} any more`;
  const { credentials } = accessTo(channel);
  const call = webhook.subscription?.call(credentials);
  if (!call) return undefined;
  const answer = await answerTo(gateway, channel, { call, signal });
  // Whether it stands is then unknown, which is no gap.
  return "status" in answer ? webhook.subscription!.missing(answer, credentials) : undefined;
}

/** Asks where the channel's webhooks go; changes nothing. */
export async function inspectWebhook(
  gateway: Gateway,
  channel: ChannelRow,
  { reach, signal }: Pick<RegistrationWish, "reach" | "signal">,
): Promise<WebhookState | Obstacle> {
  const now = await addressesNow(gateway, channel, signal);
  if (now === undefined) return { state: "not_told" };
  if ("kind" in now) return now;
  if (now.url === undefined) return { state: "none" };
  return { state: isOurs(now.url, gateway, { reach, channel }) ? "ours" : "other", host: hostOf(now.url) };
}

/** Where the webhooks go now, where that is told; an obstacle when another program would lose some that it may keep. */
async function freeWebhooks(
  gateway: Gateway,
  channel: ChannelRow,
  { reach, takeOver, signal }: RegistrationWish,
): Promise<{ addresses?: WebhookAddresses } | Obstacle> {
  const now = await addressesNow(gateway, channel, signal);
  if (now === undefined) return {};
  // Unread, it may be anybody's: nothing is set before it is known.
  if ("kind" in now) return takeOver && now.kind === "refused" ? {} : now;
  const foreign = [now.url, ...now.replaced].find(
    (url): url is string => url !== undefined && !isOurs(url, gateway, { reach, channel }),
  );
  if (takeOver || foreign === undefined) return { addresses: now };
  const { title } = gateway.platforms[channel.platform];
  const host = hostOf(foreign);
  const whose = foreign === now.url ? "this channel" : "more than this channel";
  const reason = `${title} sends what is meant for ${whose} to another program, at host ${host}`;
  return { kind: "conflict", host, reason };
}

/** Undefined where the platform tells it to nobody with these credentials. */
async function addressesNow(
  gateway: Gateway,
  channel: ChannelRow,
  signal: AbortSignal | undefined,
): Promise<WebhookAddresses | Obstacle | undefined> {
  const { webhook } = gateway.platforms[channel.platform];
  const { credentials } = accessTo(channel);
  const calls = webhook.inspect(credentials);
  const answers: HttpResponse[] = [];
  for (const call of calls) {
    const answer = await answerTo(gateway, channel, { call, signal });
    if (!("status" in answer)) return answer;
    answers.push(answer);
  }
  if (calls.length === 0) return undefined;
  const now = webhook.read(answers, credentials);
  if (!("problem" in now)) return now;
  const parts = calls.map(({ part }) => part).join(", ");
  return { kind: "refused", reason: `${parts}: ${now.problem.message}` };
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
  if (exchange.kind === "answer") {
    await noteServed(gateway, channel, exchange.response);
    return exchange.response;
  }
  return { kind: "unreachable", reason: `${platform.title} does not answer (${exchange.reason})` };
}

/** Never the whole address: others' webhook paths hold their secrets. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : "an address that is no URL";
}
