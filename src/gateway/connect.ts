import type { Credentials, PlatformName } from "../core/platform.ts";
import { type FieldProblem, GatewayError } from "../core/problem.ts";
import type { ChannelRow } from "../store/rows.ts";
import { ask } from "./ask.ts";
import type { Gateway } from "./gateway.ts";
import { newChannelId, newWebhookSecret } from "./secret.ts";

const identifyLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

interface NewChannel {
  platform: PlatformName;
  credentials: Credentials;
  name?: string;
  baseUrl?: string;
  simulated?: boolean;
}

/** Checks the credentials with the platform itself, then stores the channel. */
export async function connectChannel(gateway: Gateway, wish: NewChannel): Promise<ChannelRow> {
  const platform = gateway.platforms[wish.platform];
  refuse(platform.checkCredentials(wish.credentials));
  const naturalId = platform.naturalId(wish.credentials);
  const twin = gateway.channels
    .all()
    .find((one) => one.platform === wish.platform && one.naturalId === naturalId);
  if (twin) {
    throw new GatewayError(
      "conflict",
      `${platform.title} ${naturalId} is connected already, as channel ${twin.id}.`,
      {
        extra: { channel: twin.id, hint: "Remove that channel first, or use it." },
      },
    );
  }
  const baseUrl = wish.baseUrl ?? platform.defaultBaseUrl(wish.credentials);
  const identity = await identify(gateway, wish, baseUrl);
  const channel: ChannelRow = {
    id: newChannelId(),
    platform: wish.platform,
    naturalId,
    name: wish.name ?? identity.name ?? `${platform.title} ${naturalId}`,
    credentials: wish.credentials,
    baseUrl,
    simulated: wish.simulated ?? false,
    webhookSecret: newWebhookSecret(),
    paused: false,
    createdAt: gateway.clock.now(),
  };
  await gateway.channels.add(channel);
  await announce(gateway, channel, "channel.connected");
  return channel;
}

/** An event about the channel itself. */
export async function announce(
  gateway: Gateway,
  channel: ChannelRow,
  type: "channel.connected" | "channel.paused" | "channel.resumed" | "channel.removed",
): Promise<void> {
  const timestamp = new Date(gateway.clock.now()).toISOString();
  await gateway.store.addEvent({ type, timestamp, channel: { id: channel.id, platform: channel.platform } });
  gateway.eventsWritten.raise();
}

function refuse(errors: FieldProblem[]): void {
  if (errors.length > 0)
    throw new GatewayError("invalid_request", "The credentials are not complete.", { errors });
}

async function identify(gateway: Gateway, wish: NewChannel, baseUrl: string): Promise<{ name?: string }> {
  const platform = gateway.platforms[wish.platform];
  const { credentials } = wish;
  const party = { platform, access: { credentials, baseUrl } };
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
  );
}
