import type { Call, Platform } from "../../core/platform.ts";
import { problemOf, resultOf } from "./identity.ts";
import { allowedUpdates } from "./parse.ts";
import { textAt } from "./read.ts";

function post(method: string, body: Call["body"]): Call {
  return { method: "POST", path: `/bot/${method}`, body, part: method };
}

/** Telegram has one webhook per bot. Updates that wait are kept when it changes. */
export const webhook: Platform["webhook"] = {
  inspect: () => [post("getWebhookInfo", {})],
  read([response]) {
    const info = resultOf(response!);
    if (!info) return { problem: problemOf(response!) };
    const url = textAt(info, "url");
    return url ? { url, replaced: [url] } : { replaced: [] };
  },
  point({ url, secret }) {
    const body = { url, secret_token: secret, allowed_updates: allowedUpdates, max_connections: 40 };
    return [post("setWebhook", body)];
  },
};
