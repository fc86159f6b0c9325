import { messagingWebhook, pageFields } from "../meta/messaging/webhook.ts";

/**
 * What is read; echoes come with `messages`, and one field that Instagram does not know refuses all. Sources, read
 * 2026-11-21: developers.facebook.com/documentation/business-messaging/instagram-messaging/webhooks; `message_edit`
 * stands in the list that Meta's refusal of a wrong field names (100, "Param subscribed_fields[0] must be one of …").
 */
const fields = [
  "messages",
  "messaging_postbacks",
  "messaging_seen",
  "message_reactions",
  "message_edit",
  "messaging_referral",
  "standby",
] as const;

export const webhook = messagingWebhook({
  object: "instagram",
  fields,
  account: ({ page_id, instagram_id }) =>
    // A linked account is subscribed through its Page, which takes its own fields alone.
    page_id ? { node: page_id, fields: pageFields } : { node: instagram_id ?? "", fields },
});
