import type { Credentials, Platform } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { AppRow, ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
import { newId, newWebhookSecret } from "../secret.ts";
import { appCredentials, splitSecrets } from "./apps.ts";

/** What connecting works with: the credentials in full, and how channel and app share them. */
interface Shared {
  /** The channel's own and its app's. */
  credentials: Credentials;
  /** What is stored with the channel, and the app that it belongs to. */
  kept: Pick<ChannelRow, "credentials" | "appId">;
  /** To be stored with the channel: nobody knew it. */
  newApp?: AppRow;
}

/**
 * A channel that names an app belongs to it: the app's part of the credentials is kept with the app, once. A known
 * app needs no secret; one that is not among its own is refused, so that no channel changes it for all the others.
 */
export function shareWithApp(gateway: Gateway, platform: Platform, credentials: Credentials): Shared {
  const ofApp = platform.credentials.filter((field) => field.of === "app").map((field) => field.name);
  const { app_id: appId = "", app_secret: given = "" } = credentials;
  if (appId === "" || !ofApp.includes("app_id")) return { credentials, kept: { credentials } };
  const own = Object.fromEntries(Object.entries(credentials).filter(([name]) => !ofApp.includes(name)));
  const secrets = splitSecrets(given);
  const known = gateway.apps.all().find((app) => app.appId === appId);
  const app = known ?? newApp(gateway, { appId, secrets });
  if (secrets.some((secret) => !app.secrets.includes(secret))) {
    throw new GatewayError("conflict", `This is no secret that app ${appId} has here.`, {
      extra: {
        app: app.id,
        hint: `Leave app_secret out, or rotate it with PATCH /v1/apps/${app.id} {"app_secrets": [new, old]}.`,
      },
    });
  }
  return {
    credentials: { ...own, ...appCredentials(app) },
    kept: { credentials: own, appId: app.id },
    ...(known ? {} : { newApp: app }),
  };
}

export function newApp(
  { provider, clock }: Gateway,
  { appId, secrets, name }: { appId: string; secrets: string[]; name?: string },
): AppRow {
  return {
    id: newId(),
    provider: provider.name,
    appId,
    name: name ?? `${provider.title} app ${appId}`,
    secrets,
    verifyToken: newWebhookSecret(),
    createdAt: clock.now(),
  };
}
