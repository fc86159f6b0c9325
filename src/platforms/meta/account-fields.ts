/** Webhook fields of a WhatsApp Business Account that tell of the account itself: they concern all of its numbers. */
export const accountFields = [
  "account_update",
  "account_review_update",
  "account_alerts",
  "phone_number_quality_update",
  "business_capability_update",
] as const;
