import type { CredentialField, Platform } from "../../core/platform.ts";
import { verifyWebhook } from "../meta/challenge.ts";
import { authorizeBy, checkFields, graphForms, graphVersionField } from "../meta/graph-access.ts";

export const credentialFields = [
  {
    name: "phone_number_id",
    label: "Phone number ID",
    help: "Digits, from the app's WhatsApp > API Setup page; not the phone number itself.",
    secret: false,
    required: true,
  },
  {
    name: "access_token",
    label: "Access token",
    help: "Of a system user with whatsapp_business_messaging; the one on the API Setup page ends after 24 hours.",
    secret: true,
    required: true,
  },
  {
    name: "app_secret",
    label: "App secret",
    help: "From the app's Settings > Basic page: webhooks are signed with it. Two, parted by a comma, while it changes.",
    secret: true,
    required: true,
    of: "app",
  },
  {
    name: "waba_id",
    label: "WhatsApp Business Account ID",
    help: "Digits. With it the app is subscribed to the account, without which no webhook comes.",
    secret: false,
    required: false,
  },
  {
    name: "app_id",
    label: "App ID",
    help: "Digits. With it the number's webhooks come through the app's one URL; without it through a URL of its own.",
    secret: false,
    required: false,
    of: "app",
  },
  graphVersionField,
] as const satisfies readonly CredentialField[];

export const checkCredentials = checkFields("A WhatsApp channel", credentialFields, {
  phone_number_id: graphForms.digits,
  access_token: graphForms.token,
  app_secret: graphForms.secrets,
  waba_id: graphForms.digits,
  app_id: graphForms.digits,
  graph_version: graphForms.version,
});

export const authorize = authorizeBy({
  sender: ({ phone_number_id }) => phone_number_id ?? "",
  appBaseUrl: (baseUrl) => baseUrl,
  guardsFiles: true,
  takesProof: () => true,
});

export const verify: Platform["verify"] = (request, credentials, webhookSecret) =>
  verifyWebhook(request, credentials.app_secret ?? "", webhookSecret);
