import { createHmac } from "node:crypto";
import type { InboundRequest } from "../../src/core/platform.ts";
import { type Account, appSecret } from "./accounts.ts";

/** What a platform posts, until it is answered 200. */
export interface Webhook {
  account: Account;
  payload: object;
  /** For people. */
  about: string;
  /** It was answered: from now on the gateway knows. */
  stored: () => void;
}

/** As the platform posts it. */
export function signed({ account, payload }: Webhook, secretToken: string): InboundRequest {
  const body = JSON.stringify(payload);
  const headers =
    account.platform === "telegram"
      ? { "x-telegram-bot-api-secret-token": secretToken }
      : { "x-hub-signature-256": `sha256=${createHmac("sha256", appSecret).update(body).digest("hex")}` };
  return { method: "POST", query: {}, headers, rawBody: Buffer.from(body) };
}
