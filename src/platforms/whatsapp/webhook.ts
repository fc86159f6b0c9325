import type { Call, Credentials, Platform } from "../../core/platform.ts";
import { appWebhook } from "../meta/app-webhook.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { objectOf, textOf } from "../meta/read.ts";
import { problemOf } from "./interpret.ts";

const object = "whatsapp_business_account";

/**
 * Through the app's one URL where the number belongs to an app, else through an override of the number's own.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override, read 2026-11-21.
 */
export const webhook: Platform["webhook"] = {
  inspect: ({ phone_number_id }) => ({
    method: "GET",
    path: `/${phone_number_id}?fields=webhook_configuration`,
    part: "webhook of the number",
  }),
  read(response) {
    const answer = readAnswer(response, problemOf);
    if ("problem" in answer) return answer;
    const set = objectOf(answer.body, "webhook_configuration");
    // The nearest wins.
    const url =
      textOf(set, "phone_number") ?? textOf(set, "whatsapp_business_account") ?? textOf(set, "application");
    return url ? { url } : {};
  },
  point(url, webhookSecret, credentials) {
    const subscription = subscriptionOf(credentials);
    if (!credentials.app_id) {
      return [
        ...subscription,
        override(credentials, { override_callback_uri: url, verify_token: webhookSecret }),
      ];
    }
    return [
      appWebhook.point({ object, fields: ["messages"], url, verifyToken: webhookSecret }),
      ...subscription,
      // One that stands from before would go on winning over the app's.
      override(credentials, { override_callback_uri: "" }),
    ];
  },
};

/** An override is refused while the app is not subscribed to the account. One of the account's own ends by it. */
function subscriptionOf({ waba_id }: Credentials): Call[] {
  if (!waba_id) return [];
  return [{ method: "POST", path: `/${waba_id}/subscribed_apps`, part: "subscription of the app" }];
}

function override({ phone_number_id }: Credentials, wish: Record<string, string>): Call {
  return {
    method: "POST",
    path: `/${phone_number_id}`,
    body: { webhook_configuration: wish },
    part: "webhook of the number",
  };
}
