import { isObject } from "../../../core/json.ts";
import type { Call, Credentials, HttpResponse, Platform } from "../../../core/platform.ts";
import { appWebhook } from "../app-webhook.ts";
import { readAnswer } from "../graph-outcome.ts";
import { idOf } from "../read.ts";
import { problemOf } from "./interpret.ts";

/**
 * What a Page is subscribed to, also for the Instagram account that is linked to it: a new list takes the place of the
 * one before, so both must ask for the same. What is read is in it, and warnings of Meta's, which the log shows. Never
 * `response_feedback`: it adds thumbs to every message that the Page sends.
 * Source: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks, read 2026-11-21.
 */
export const pageFields = [
  "messages",
  "messaging_postbacks",
  "message_echoes",
  "message_deliveries",
  "message_reads",
  "message_reactions",
  "message_edits",
  "messaging_referrals",
  "messaging_policy_enforcement",
  "standby",
] as const;

/** An app's webhook for all its accounts of one kind, and what one account has to be subscribed to besides. */
export interface MessagingWebhook {
  object: "page" | "instagram";
  fields: readonly string[];
  /** The node to subscribe, and the fields that it knows. */
  account(credentials: Credentials): { node: string; fields: readonly string[] };
}

/** Events come only where both the app and the account are subscribed to a field. */
export function messagingWebhook({ object, fields, account }: MessagingWebhook): Platform["webhook"] {
  return {
    inspect: ({ app_id }) => (app_id ? [appWebhook.inspect()] : []),
    read([response]) {
      const app = appWebhook.read(response, object, problemOf);
      if ("problem" in app) return app;
      if (app.url === undefined) return { replaced: [] };
      return { url: app.url, replaced: [app.url], ...appWebhook.fieldsOf(app, fields) };
    },
    point: ({ url, secret }, credentials, now) => [
      appWebhook.point({ object, fields, kept: now?.fields, url, verifyToken: secret }),
      subscription(account(credentials)),
    ],
    subscription: {
      call(credentials) {
        const path = `/${account(credentials).node}/subscribed_apps`;
        return credentials.app_id ? { method: "GET", path, part: "subscription of the account" } : null;
      },
      missing: (response, credentials) =>
        missingFields(response, { appId: credentials.app_id, fields: account(credentials).fields }),
    },
  };
}

/**
 * Webhooks that fail for an hour end the subscription of the account, and the app's address stays as it is.
 * Source: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks ("your app will be
 * unsubscribed"), read 2026-11-21.
 */
function missingFields(
  response: HttpResponse,
  { appId, fields }: { appId: string | undefined; fields: readonly string[] },
): string | undefined {
  const answer = readAnswer(response, problemOf);
  const data = "problem" in answer ? undefined : answer.body.data;
  if (!Array.isArray(data)) return undefined;
  const app = data.filter(isObject).find((one) => idOf(one, "id") === appId);
  if (!app) return "Meta has unsubscribed the app from the account";
  const subscribed = Array.isArray(app.subscribed_fields) ? app.subscribed_fields : fields;
  const missing = fields.filter((field) => !subscribed.includes(field));
  return missing.length > 0 ? `the account is not subscribed to ${missing.join(", ")} any more` : undefined;
}

function subscription({ node, fields }: { node: string; fields: readonly string[] }): Call {
  const path = `/${node}/subscribed_apps?subscribed_fields=${fields.join(",")}`;
  return { method: "POST", path, part: "subscription of the account" };
}
