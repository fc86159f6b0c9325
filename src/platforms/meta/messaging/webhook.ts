import type { Call, Credentials, Platform } from "../../../core/platform.ts";
import { appWebhook } from "../app-webhook.ts";
import { unreadable } from "../graph.ts";
import { readAnswer } from "../graph-outcome.ts";
import { problemOf } from "./interpret.ts";

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
    inspect: ({ app_id }) => (app_id ? appWebhook.inspect() : null),
    read(response) {
      const answer = readAnswer(response, problemOf);
      if ("problem" in answer) return answer;
      const { data } = answer.body;
      return Array.isArray(data) ? appWebhook.read(data, object) : { problem: unreadable(response.status) };
    },
    point: (url, verifyToken, credentials) => [
      appWebhook.point({ object, fields, url, verifyToken }),
      subscription(account(credentials)),
    ],
  };
}

function subscription({ node, fields }: { node: string; fields: readonly string[] }): Call {
  const path = `/${node}/subscribed_apps?subscribed_fields=${fields.join(",")}`;
  return { method: "POST", path, part: "subscription of the account" };
}
