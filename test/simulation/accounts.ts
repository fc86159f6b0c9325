import type { Credentials, PlatformName } from "../../src/core/platform.ts";
import type { ChannelRow } from "../../src/store/rows.ts";

/** A rate as a platform's page states it. */
export interface Limit {
  perSecond: number;
  burst: number;
}

/** A business's account at a platform, with the contacts that write to it. */
export interface Account {
  channelId: string;
  platform: PlatformName;
  /** The platform's id of it. */
  id: string;
  limit: Limit;
  contacts: readonly string[];
  /** Groups are conversations of their own. */
  groups: readonly string[];
  /** What is wished for all its messages. */
  change: Partial<ChannelRow>;
}

/**
 * The platform's own numbers, written from its pages for this side alone (all read 2026-11-21).
 * WhatsApp: …/whatsapp/throughput and …/about-the-platform#pair-rate-limits. Telegram:
 * https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. Messenger: …/messenger-platform/overview/rate-limiting.
 * Instagram: https://developers.facebook.com/docs/instagram-platform/overview#rate-limits.
 */
export const limits = {
  whatsappPair: { perSecond: 1 / 6, burst: 45 },
  telegramChat: { perSecond: 1, burst: 20 },
  /** In any minute. */
  telegramGroup: 20,
} as const;

export const accounts: readonly Account[] = [
  {
    channelId: "wa",
    platform: "whatsapp",
    id: "7000000001",
    limit: { perSecond: 80, burst: 80 },
    contacts: ["+15550100001", "+15550100002", "+15550100003"],
    groups: [],
    change: {},
  },
  {
    channelId: "slow",
    platform: "whatsapp",
    id: "7000000002",
    limit: { perSecond: 1, burst: 1 },
    contacts: ["+15550100004", "+15550100005", "+15550100006"],
    groups: [],
    change: { messagesPerSecond: 1 },
  },
  {
    channelId: "page",
    platform: "messenger",
    id: "8000000001",
    limit: { perSecond: 300, burst: 300 },
    contacts: ["1000000000000001", "1000000000000002"],
    groups: [],
    change: {},
  },
  {
    channelId: "insta",
    platform: "instagram",
    id: "8000000002",
    limit: { perSecond: 100, burst: 100 },
    contacts: ["2000000000000001", "2000000000000002"],
    groups: [],
    change: {},
  },
  {
    channelId: "bot",
    platform: "telegram",
    id: "9000001",
    limit: { perSecond: 30, burst: 30 },
    contacts: ["1000001", "1000002"],
    groups: ["-4000001"],
    change: {},
  },
  {
    channelId: "eager",
    platform: "telegram",
    id: "9000002",
    limit: { perSecond: 30, burst: 30 },
    contacts: ["1000003", "1000004"],
    groups: [],
    change: { onAmbiguous: "resend" },
  },
];

export const appSecret = "app-secret-of-the-simulation";
export const webhookSecret = "webhook-secret-of-the-simulation";

/** The token that an account takes in its `n`-th life. */
export function tokenOf({ platform, id }: Account, n: number): string {
  return platform === "telegram" ? `${id}:token${n}` : `token-of-${id}-${n}`;
}

export function credentialsOf(account: Account, n: number): Credentials {
  const token = tokenOf(account, n);
  if (account.platform === "telegram") return { bot_token: token };
  if (account.platform === "whatsapp")
    return { phone_number_id: account.id, access_token: token, app_secret: appSecret };
  const name = account.platform === "instagram" ? "instagram_id" : "page_id";
  return { [name]: account.id, access_token: token, app_id: "6000001", app_secret: appSecret };
}

export function channelOf(account: Account, createdAt: number): ChannelRow {
  return {
    id: account.channelId,
    platform: account.platform,
    naturalId: account.id,
    name: account.channelId,
    credentials: credentialsOf(account, 0),
    baseUrl: `https://${account.platform}.example.com`,
    simulated: true,
    webhookSecret,
    paused: false,
    createdAt,
    ...account.change,
  };
}
