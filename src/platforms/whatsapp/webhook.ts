import type { Call, Credentials, Platform } from "../../core/platform.ts";
import { accountFields } from "../meta/account-fields.ts";
import { appWebhook } from "../meta/app-webhook.ts";
import { readAnswer } from "../meta/graph-outcome.ts";
import { idOf, objectOf, textOf } from "../meta/read.ts";
import { problemOf } from "./interpret.ts";

const object = "whatsapp_business_account";
const needed = ["messages"];
const webhookFields = [...needed, ...accountFields];

/**
 * Through the app's one URL where the number belongs to an app, else through an override of the number's own.
 * Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override, read 2026-11-21.
 */
export const webhook: Platform["webhook"] = {
  inspect({ phone_number_id, app_id }) {
    const path = `/${phone_number_id}?fields=webhook_configuration`;
    const number: Call = { method: "GET", path, part: "webhook of the number" };
    return app_id ? [number, appWebhook.inspect()] : [number];
  },
  read([number, app], credentials) {
    const answer = readAnswer(number!, problemOf);
    if ("problem" in answer) return answer;
    const callback = credentials.app_id ? appWebhook.read(app, object, problemOf) : {};
    if ("problem" in callback) return callback;
    const set = objectOf(answer.body, "webhook_configuration");
    const own = textOf(set, "phone_number");
    const account = textOf(set, "whatsapp_business_account");
    // The nearest wins.
    const url = own ?? account ?? textOf(set, "application") ?? callback.url;
    const present = (urls: (string | undefined)[]) => urls.filter((one) => one !== undefined);
    return {
      ...(url !== undefined && { url }),
      // Where an override stands before it, the app's callback may be another program's.
      ...(url === callback.url && appWebhook.fieldsOf(callback, needed, accountFields)),
      ...(credentials.app_id
        ? { replaced: present([own, account, callback.url]) }
        : { replaced: present([own]), spared: present([account]) }),
    };
  },
  point({ url, secret }, credentials, now) {
    if (!credentials.app_id) {
      // An account that has an override has the app subscribed already; to subscribe it again would end the override.
      const subscription = now?.spared?.length ? [] : subscriptionOf(credentials);
      return [...subscription, override(credentials, { override_callback_uri: url, verify_token: secret })];
    }
    return [
      appWebhook.point({ object, fields: webhookFields, kept: now?.fields, url, verifyToken: secret }),
      ...subscriptionOf(credentials),
      // One that stands from before would go on winning over the app's.
      override(credentials, { override_callback_uri: "" }),
    ];
  },
  subscription: {
    call: ({ waba_id }) =>
      waba_id
        ? { method: "GET", path: `/${waba_id}/subscribed_apps`, part: "subscription of the app" }
        : null,
    missing(response, { app_id }) {
      const answer = readAnswer(response, problemOf);
      const data = "problem" in answer ? undefined : answer.body.data;
      if (!Array.isArray(data)) return undefined;
      const apps = data.map((one) => idOf(objectOf(one, "whatsapp_business_api_data"), "id"));
      // Without the app's id there is no telling which of them is ours.
      const isThere = app_id ? apps.includes(app_id) : apps.length > 0;
      return isThere ? undefined : "the app is not subscribed to the WhatsApp Business Account any more";
    },
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
