import { timestamp } from "../../core/clock.ts";
import type { Event } from "../../core/event.ts";
import { pointerStep } from "../../core/json.ts";
import type { AmbiguityPolicy, FailurePolicy, RenderOptions } from "../../core/message.ts";
import type { Access, Credentials, Platform, PlatformName } from "../../core/platform.ts";
import { type FieldProblem, GatewayError } from "../../core/problem.ts";
import type { Retention } from "../../store/retaining.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { ask } from "../ask.ts";
import type { Gateway } from "../gateway.ts";
import { newId, newWebhookSecret } from "../secret.ts";
import { secretProblem, splitSecrets } from "./apps.ts";
import { shareWithApp } from "./connect-app.ts";
import { proveApp } from "./prove-app.ts";

const identifyLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

interface NewChannel {
  platform: PlatformName;
  credentials: Credentials;
  name?: string;
  baseUrl?: string;
  simulated?: boolean;
  options?: RenderOptions;
  onAmbiguous?: AmbiguityPolicy;
  onFailed?: FailurePolicy;
  retention?: Retention;
  messagesPerSecond?: number;
}

/**
 * Checks the credentials with the platform itself, then stores the channel. `admitAgain` throws where whoever asks may
 * not any more: a platform may take long to answer.
 */
export async function connectChannel(
  gateway: Gateway,
  wish: NewChannel,
  admitAgain: () => void = () => {},
): Promise<ChannelRow> {
  const platform = gateway.platforms[wish.platform];
  const { credentials } = shareWithApp(gateway, platform, wish.credentials);
  refuse([...misfits(platform, wish.credentials), ...platform.checkCredentials(credentials)]);
  const naturalId = platform.naturalId(credentials);
  const twin = gateway.channels.at({ platform: wish.platform, naturalId });
  if (twin) {
    throw new GatewayError(
      "conflict",
      `${platform.title} ${naturalId} is connected already, as channel ${twin.id}.`,
      {
        extra: { channel: twin.id, hint: "Remove that channel first, or use it." },
      },
    );
  }
  const baseUrl = wish.baseUrl ?? platform.defaultBaseUrl(credentials);
  // The app first: with a wrong secret every other question is refused, and none says whose it is.
  await proveApp(gateway, { platform, access: { credentials, baseUrl } });
  const identity = await identify(gateway, platform, { credentials, baseUrl });
  admitAgain();
  // Again: meanwhile somebody may have connected another channel of the same new app, or removed the app.
  const { kept, newApp, ...now } = shareWithApp(gateway, platform, wish.credentials);
  refuse(platform.checkCredentials(now.credentials));
  const channel: ChannelRow = {
    id: newId(),
    platform: wish.platform,
    naturalId,
    name: wish.name ?? identity.name ?? `${platform.title} ${naturalId}`,
    ...kept,
    baseUrl,
    simulated: wish.simulated ?? false,
    webhookSecret: newWebhookSecret(),
    paused: false,
    ...(wish.options && { options: wish.options }),
    ...(wish.onAmbiguous && { onAmbiguous: wish.onAmbiguous }),
    ...(wish.onFailed && { onFailed: wish.onFailed }),
    ...(wish.retention && { retention: wish.retention }),
    ...(wish.messagesPerSecond && { messagesPerSecond: wish.messagesPerSecond }),
    createdAt: gateway.clock.now(),
  };
  const connected = await gateway.channels.add(channel, newApp);
  gateway.tenure.lookForWork();
  await announce(gateway, connected, "channel.connected");
  return connected;
}

/**
 * Gives the channel's change for other credentials, a new token say, once the platform has taken them for the same
 * account. What is the app's is changed with the app.
 */
export async function changedCredentials(
  gateway: Gateway,
  channel: ChannelRow,
  change: Credentials,
): Promise<Pick<ChannelRow, "credentials" | "baseUrl"> & Partial<ChannelRow>> {
  const platform = gateway.platforms[channel.platform];
  const ofApp = platform.credentials.filter((field) => field.of === "app").map((field) => field.name);
  const fixed = channel.appId === undefined ? ["app_id"] : ofApp;
  const named = Object.keys(change).filter((name) => fixed.includes(name));
  refuse(named.map((name) => fixedField(name, channel)));
  const credentials = { ...channel.credentials, ...change };
  refuse([...misfits(platform, change), ...platform.checkCredentials(credentials)]);
  const naturalId = platform.naturalId(credentials);
  if (naturalId !== channel.naturalId) {
    const detail = `These credentials are for ${naturalId}, this channel is ${channel.naturalId}.`;
    throw new GatewayError("conflict", detail, { extra: { hint: "Connect it as a channel of its own." } });
  }
  const baseUrl = channel.simulated ? channel.baseUrl : platform.defaultBaseUrl(credentials);
  await proveApp(gateway, { platform, access: { credentials, baseUrl } });
  await identify(gateway, platform, { credentials, baseUrl });
  const own = Object.entries(credentials).filter(([name, value]) => !fixed.includes(name) && value !== "");
  // What could not be read is made anew, and registered with the platform.
  const renewed = channel.isUnreadable && { webhookSecret: newWebhookSecret(), isUnreadable: undefined };
  return { credentials: Object.fromEntries(own), baseUrl, ...renewed };
}

function fixedField(name: string, { appId }: ChannelRow): FieldProblem {
  const hint = appId
    ? `It is kept with the app: PATCH /v1/apps/${appId}.`
    : "Remove the channel and connect it again with its app.";
  return { pointer: `/credentials/${name}`, rule: "fixed", message: `A channel's ${name} stays.`, hint };
}

type ChannelEvent = "channel.connected" | "channel.paused" | "channel.resumed" | "channel.removed";
type Why = string | { reason: string; resumesAt: number | undefined };

/** An event about the channel itself. */
export async function announce(
  gateway: Gateway,
  channel: ChannelRow,
  type: ChannelEvent,
  why: Why = "",
): Promise<void> {
  await gateway.store.addEvent(channelEvent(gateway, channel, type, why));
  noteAnnounced(gateway, channel.id, type);
}

/** The same, to be stored with what it tells of. */
export function channelEvent(
  { clock }: Pick<Gateway, "clock">,
  { id, platform }: ChannelRow,
  type: ChannelEvent,
  why: Why = "",
): Omit<Event, "id"> {
  const { reason, resumesAt = undefined } = typeof why === "string" ? { reason: why } : why;
  const resumes = resumesAt !== undefined && { resumes_at: timestamp(resumesAt) };
  const told = { type, timestamp: timestamp(clock.now()), channel: { id, platform } };
  return { ...told, ...(reason && { reason }), ...resumes };
}

/** When it is stored. */
export function noteAnnounced({ log, eventsWritten }: Gateway, channelId: string, type: ChannelEvent): void {
  log.info({ channel: channelId, kind: type }, "a channel has changed");
  eventsWritten.raise();
}

/** What no platform has to look at: fields that it does not take, and app secrets that are none. */
function misfits(platform: Platform, credentials: Credentials): FieldProblem[] {
  const secret = platform.credentials.find((field) => field.of === "app" && field.secret);
  const given = secret ? splitSecrets(credentials[secret.name] ?? "") : [];
  const message = given.map(secretProblem).find((problem) => problem !== undefined);
  const pointer = `/credentials/${secret?.name}`;
  const weak = message === undefined ? [] : [{ pointer, rule: "format", message }];
  return [...strays(platform, credentials), ...weak];
}

function strays(platform: Platform, credentials: Credentials): FieldProblem[] {
  const known = platform.credentials.map((field) => field.name);
  const message = `${platform.title} takes ${known.join(", ")}.`;
  return Object.keys(credentials)
    .filter((name) => !known.includes(name))
    .map((name) => ({ pointer: `/credentials${pointerStep(name)}`, rule: "unknown_field", message }));
}

function refuse(errors: FieldProblem[]): void {
  if (errors.length > 0)
    throw new GatewayError("invalid_request", "The credentials cannot be used.", { errors });
}

async function identify(gateway: Gateway, platform: Platform, access: Access): Promise<{ name?: string }> {
  const { credentials } = access;
  const party = { platform, access };
  const exchange = await ask(gateway.transport, party, platform.identify.call(credentials), identifyLimits);
  if (exchange.kind !== "answer") {
    throw new GatewayError(
      "platform_unreachable",
      `${platform.title} did not answer (${exchange.reason}). Try again.`,
    );
  }
  const identity = platform.identify.read(exchange.response, credentials);
  if (!("problem" in identity)) return identity;
  throw new GatewayError(
    "platform_refused",
    `${platform.title} refused the credentials: ${identity.problem.message}`,
    identity.problem.hint === undefined ? {} : { extra: { hint: identity.problem.hint } },
  );
}
