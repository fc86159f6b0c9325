import { signature } from "./meta-webhook.ts";
import type { Json } from "./seeds.ts";
import { type Answer, type Stack, send } from "./stack.ts";

type PageLike = "messenger" | "instagram";

/** A page or Instagram account of a new stack, and the app whose one webhook serves it. */
export interface MetaAccount {
  platform: PageLike;
  id: string;
  channelId: string;
  app: string;
  appSecret: string;
}

export async function metaAccount(stack: Stack, platform: PageLike): Promise<MetaAccount> {
  const accounts: Json[] = (await stack.simulate("GET", "/accounts")).json.data;
  const account = accounts.find((one) => one.platform === platform);
  const channels: Json[] = (await stack.call("GET", "/v1/channels")).json.data;
  const channel = channels.find((one) => one.platform === platform && one.natural_id === account.id);
  return {
    platform,
    id: account.id,
    channelId: channel.id,
    app: channel.app,
    appSecret: account.app_secret,
  };
}

/** An entry of a webhook: what `from` did, one event each, told at this instant. */
export function pageEntry({ id }: MetaAccount, from: string, ...parts: object[]): object {
  const time = Date.now();
  const messaging = parts.map((part) => ({
    sender: { id: from },
    recipient: { id },
    timestamp: time,
    ...part,
  }));
  return { id, time, messaging };
}

/** Posts as Meta does: to the app's one URL, signed over the exact bytes. */
export function postToApp(stack: Stack, account: MetaAccount, ...entry: object[]): Promise<Answer> {
  const object = account.platform === "messenger" ? "page" : "instagram";
  const body = JSON.stringify({ object, entry });
  const headers = { "x-hub-signature-256": signature(account.appSecret, body) };
  return send(`${stack.url}/webhooks/meta/${account.app}`, "POST", body, headers);
}
