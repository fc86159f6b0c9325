import type { Access, AppOfToken, Platform } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import { ask } from "../ask.ts";
import type { Gateway } from "../gateway.ts";
import { isRefusal } from "./refusal.ts";

const proofLimits = { deadlineMs: 10_000, maxBytes: 64 * 1024 };

interface Party {
  platform: Platform;
  access: Access;
}

/**
 * Refuses a token that was made for another app, whose webhooks would go elsewhere, and a secret that is not the
 * app's, with which every webhook would be refused. What the platform does not tell is taken on trust.
 */
export async function proveApp(gateway: Gateway, { platform, access }: Party): Promise<void> {
  const { credentials } = access;
  const told = await appOfToken(gateway, { platform, access });
  const { app_id: appId = told?.id, app_secret: secret } = credentials;
  if (told && appId !== told.id) throw anothersToken(told, String(appId));
  // Also of a channel that names no app: its token's app signs its webhooks.
  if (appId && secret) {
    const party = { platform, access: { ...access, credentials: { ...credentials, app_id: appId } } };
    await proveSecret(gateway, party, appId);
  }
}

/** Undefined where the platform does not tell. */
export async function appOfToken(
  gateway: Gateway,
  { platform, access }: Party,
): Promise<AppOfToken | undefined> {
  const call = platform.app?.ofToken.call(access.credentials);
  if (!call) return undefined;
  const exchange = await ask(gateway.transport, { platform, access }, call, proofLimits);
  const told = exchange.kind === "answer" ? platform.app?.ofToken.read(exchange.response) : undefined;
  return told && "id" in told ? told : undefined;
}

async function proveSecret(gateway: Gateway, party: Party, appId: string): Promise<void> {
  const { platform } = party;
  if (!platform.app) return;
  const exchange = await ask(gateway.transport, party, platform.app.secret.call(), proofLimits);
  const problem =
    exchange.kind === "answer"
      ? platform.app.secret.read(exchange.response).problem
      : { message: `no answer (${exchange.reason})` };
  if (!problem) return;
  const isJudged = exchange.kind === "answer" && isRefusal(platform.interpret(exchange.response));
  if (!isJudged) {
    const detail = `${platform.title} could not be asked whether the app secret is right: ${problem.message}. Try again.`;
    throw new GatewayError("platform_unreachable", detail);
  }
  const known = gateway.apps.find(appId);
  const hint = known
    ? `The app is known here with a wrong secret: PATCH /v1/apps/${known.id} with {"app_secrets": […]}.`
    : "Copy it from the app's Settings > Basic page.";
  const detail = `The app secret is not that of app ${appId}: ${platform.title} refuses it (${problem.message.replace(/\.$/, "")}).`;
  throw new GatewayError("platform_refused", detail, { extra: { hint } });
}

function anothersToken(told: AppOfToken, appId: string): GatewayError {
  const detail = `The access token was made for ${appName(told)}, not for app ${appId}, which would get no webhook of this account.`;
  const hint = `Give ${told.id} as app_id with its secret, or a token that was made for app ${appId}.`;
  return new GatewayError("platform_refused", detail, { extra: { app_id: told.id, hint } });
}

/** For people: the id and, where it is told, the name. */
export function appName({ id, name }: AppOfToken): string {
  return name ? `app ${id} (${name})` : `app ${id}`;
}
