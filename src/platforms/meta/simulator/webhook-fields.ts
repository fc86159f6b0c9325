/**
 * The fields that each kind of object can be subscribed to. Graph API, webhooks reference of Page, Instagram and
 * WhatsApp Business Account, and Messenger Platform, webhook events; read 2026-11-21. Meta knows more of a Page's
 * (some ninety, about its profile and shop) than stand here.
 */
const page = [
  "feed mention name picture category description conversations inbox_labels leadgen ratings videos live_videos",
  "standby messages message_reactions message_echoes message_deliveries message_reads message_edits message_context",
  "messaging_account_linking messaging_optins messaging_optouts messaging_postbacks messaging_referrals",
  "messaging_handovers messaging_policy_enforcement messaging_feedback messaging_game_plays messaging_payments",
  "messaging_customer_information response_feedback send_cart group_feed",
];
const instagram = [
  "comments live_comments mentions story_insights standby messages message_reactions message_edit messaging_handover",
  "messaging_optins messaging_postbacks messaging_referral messaging_seen response_feedback",
];
const business = [
  "account_alerts account_review_update account_settings_update account_update automatic_events",
  "business_capability_update business_status_update calls flows history message_template_components_update",
  "message_template_quality_update message_template_status_update messages messaging_handovers partner_solutions",
  "payment_configuration_update phone_number_name_update phone_number_quality_update security smb_app_state_sync",
  "smb_message_echoes standby template_category_update tracking_events user_id_update user_preferences",
];
const words = (lines: string[]) => lines.flatMap((line) => line.split(" "));

export const webhookFields: Record<string, readonly string[]> = {
  page: words(page),
  instagram: words(instagram),
  whatsapp_business_account: words(business),
};
