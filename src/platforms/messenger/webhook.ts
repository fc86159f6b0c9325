import { messagingWebhook } from "../meta/messaging/webhook.ts";

/**
 * What is read, and warnings of Meta's, which the log shows. Never `response_feedback`: it adds thumbs to every message
 * that the Page sends.
 * Source: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks, read 2026-11-21.
 */
const fields = [
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

export const webhook = messagingWebhook({
  object: "page",
  fields,
  account: ({ page_id }) => ({ node: page_id ?? "", fields }),
});
