import { messagingWebhook, pageFields } from "../meta/messaging/webhook.ts";

export const webhook = messagingWebhook({
  object: "page",
  fields: pageFields,
  account: ({ page_id }) => ({ node: page_id ?? "", fields: pageFields }),
});
