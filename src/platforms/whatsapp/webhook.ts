import { isObject } from "../../core/json.ts";
import type { Call, Credentials, Platform } from "../../core/platform.ts";
import { appWebhook } from "../meta/app-webhook.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { textOf } from "../meta/read.ts";
import { problemOf } from "./interpret.ts";

const object = "whatsapp_business_account";

/** Through the app's one URL where the number belongs to an app, else through an override of the number's own. */
export const webhook: Platform["webhook"] = {
  inspect: (credentials) =>
    credentials.app_id
      ? appWebhook.inspect()
      : {
          method: "GET",
          path: `/${credentials.phone_number_id}?fields=webhook_configuration`,
          part: "webhook of the number",
        },
  read(response) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    const { body } = answer;
    if (Array.isArray(body.data)) return appWebhook.read(body.data, object);
    const set = isObject(body.webhook_configuration) ? body.webhook_configuration : {};
    // The nearest wins: Meta's page on overrides, read 2026-11-21.
    const url =
      textOf(set, "phone_number") ?? textOf(set, "whatsapp_business_account") ?? textOf(set, "application");
    return url ? { url } : {};
  },
  point(url, webhookSecret, credentials) {
    const subscription = subscriptionOf(credentials);
    if (!credentials.app_id) return [...subscription, override(url, webhookSecret, credentials)];
    return [
      appWebhook.point({ object, fields: ["messages"], url, verifyToken: webhookSecret }),
      ...subscription,
    ];
  },
};

/** An override is refused while the app is not subscribed to the account. */
function subscriptionOf({ waba_id }: Credentials): Call[] {
  if (!waba_id) return [];
  return [{ method: "POST", path: `/${waba_id}/subscribed_apps`, part: "subscription of the app" }];
}

function override(url: string, webhookSecret: string, { phone_number_id }: Credentials): Call {
  const wish = { override_callback_uri: url, verify_token: webhookSecret };
  return {
    method: "POST",
    path: `/${phone_number_id}`,
    body: { webhook_configuration: wish },
    part: "webhook of the number",
  };
}
