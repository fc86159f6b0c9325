import type { AppOfToken, Identity } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import type { ChannelRow } from "../../store/rows.ts";
import { ask } from "../ask.ts";
import type { Gateway } from "../gateway.ts";
import type { Refused } from "../receiving/refused-webhooks.ts";
import { accessTo } from "./channels.ts";
import { adviceOn } from "./check-advice.ts";
import { appOfToken } from "./prove-app.ts";
import type { Reach } from "./reach.ts";
import { isRefusal } from "./refusal.ts";
import { inspectWebhook, type WebhookState } from "./register.ts";

const checkLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

interface CredentialsState {
  state: "ok" | "refused" | "unreachable";
  problem?: PlatformProblem;
}
interface PermissionsState {
  state: "ok" | "missing" | "not_told";
  granted: string[];
  missing: string[];
}

/** A channel as its platform sees it, and what to do about it. */
export interface ChannelCheck {
  credentials: CredentialsState;
  permissions: PermissionsState;
  identity: Identity;
  webhook: WebhookState;
  /** Whether the token was made for the channel's app; absent where it has none. `id` is the other one's. */
  app?: { state: "ok" | "not_told" } | ({ state: "another" } & AppOfToken);
  /** Webhooks that the channel, or its app, did not take for the platform's. */
  refused?: Refused;
  /** Sentences; empty: nothing is to be done. */
  advice: string[];
}

/** Asks the platform; changes nothing but when it was looked at last. `waiting` is why the channel does not receive, as far as the gateway knows. */
export async function checkChannel(
  gateway: Gateway,
  channel: ChannelRow,
  { reach, waiting }: { reach: Reach; waiting: string | undefined },
): Promise<ChannelCheck> {
  const { identity, ...credentials } = await checkCredentials(gateway, channel);
  const untold: PermissionsState = { state: "not_told", granted: [], missing: [] };
  const isKnown = credentials.state === "ok";
  const permissions = isKnown ? await checkPermissions(gateway, channel) : untold;
  const inspected = isKnown ? await inspectWebhook(gateway, channel, { reach }) : undefined;
  if (inspected && !("kind" in inspected))
    await gateway.store.keepChannelHealth(channel.id, { checkedAt: gateway.clock.now() });
  const webhook: WebhookState =
    inspected === undefined || "kind" in inspected ? { state: "not_told" } : inspected;
  const app = isKnown ? await checkApp(gateway, channel) : undefined;
  const refused = gateway.refusedWebhooks.of(channel.appId ?? channel.id);
  const told = { ...(app && { app }), ...(refused && { refused }) };
  const seen = { credentials, permissions, identity, webhook, ...told };
  const unread = inspected && "kind" in inspected ? inspected.reason : undefined;
  const isSilent =
    (await gateway.store.conversations({ channelIds: [channel.id], limit: 1 })).rows.length === 0;
  return { ...seen, advice: adviceOn(gateway, channel, { ...seen, reach, waiting, unread, isSilent }) };
}

async function checkApp(gateway: Gateway, channel: ChannelRow): Promise<ChannelCheck["app"]> {
  if (channel.appId === undefined) return undefined;
  const access = accessTo(channel);
  const told = await appOfToken(gateway, { platform: gateway.platforms[channel.platform], access });
  if (!told) return { state: "not_told" };
  return told.id === access.credentials.app_id ? { state: "ok" } : { state: "another", ...told };
}

async function checkCredentials(
  gateway: Gateway,
  channel: ChannelRow,
): Promise<CredentialsState & { identity: Identity }> {
  const platform = gateway.platforms[channel.platform];
  const access = accessTo(channel);
  const call = platform.identify.call(access.credentials);
  const exchange = await ask(gateway.transport, { platform, access }, call, checkLimits);
  if (exchange.kind !== "answer") {
    const problem = {
      code: "unreachable",
      message: `${platform.title} did not answer (${exchange.reason}).`,
    };
    return { state: "unreachable", problem, identity: {} };
  }
  const identity = platform.identify.read(exchange.response, access.credentials);
  if (!("problem" in identity)) return { state: "ok", identity };
  // A platform that is down, or answers nothing of its own, has judged nothing.
  const isJudged = isRefusal(platform.interpret(exchange.response));
  return { state: isJudged ? "refused" : "unreachable", problem: identity.problem, identity: {} };
}

async function checkPermissions(gateway: Gateway, channel: ChannelRow): Promise<PermissionsState> {
  const platform = gateway.platforms[channel.platform];
  const access = accessTo(channel);
  if (!platform.permissions) return { state: "ok", granted: [], missing: [] };
  const untold: PermissionsState = { state: "not_told", granted: [], missing: [] };
  const call = platform.permissions.call(access.credentials);
  if (!call) return untold;
  const exchange = await ask(gateway.transport, { platform, access }, call, checkLimits);
  if (exchange.kind !== "answer") return untold;
  const told = platform.permissions.read(exchange.response, access.credentials);
  if ("problem" in told) return untold;
  return { state: told.missing.length > 0 ? "missing" : "ok", ...told };
}
