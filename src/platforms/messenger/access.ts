import type { CredentialField, Platform } from "../../core/platform.ts";
import { verifyWebhook } from "../meta/challenge.ts";
import { authorizeBy, checkFields, graphForms, graphVersionField } from "../meta/graph-access.ts";

export const credentialFields = [
  {
    name: "page_id",
    label: "Page ID",
    help: "Digits, from the Page's About > Page transparency.",
    secret: false,
    required: true,
  },
  {
    name: "access_token",
    label: "Page access token",
    help: "Of the Page, with pages_messaging and pages_manage_metadata; of a system user, it does not end.",
    secret: true,
    required: true,
  },
  {
    name: "app_id",
    label: "App ID",
    help: "Digits, from the app's Settings > Basic page. Its one webhook URL serves all its Pages.",
    secret: false,
    required: true,
    of: "app",
  },
  {
    name: "app_secret",
    label: "App secret",
    help: "From the app's Settings > Basic page: webhooks are signed with it. Two, parted by a comma, while it changes.",
    secret: true,
    required: true,
    of: "app",
  },
  graphVersionField,
] as const satisfies readonly CredentialField[];

export const checkCredentials = checkFields("A Messenger channel", credentialFields, {
  page_id: graphForms.digits,
  access_token: graphForms.token,
  app_id: graphForms.digits,
  app_secret: graphForms.secrets,
  graph_version: graphForms.version,
});

export const defaultBaseUrl: Platform["defaultBaseUrl"] = () => "https://graph.facebook.com";

export const naturalId: Platform["naturalId"] = ({ page_id }) => page_id ?? "";

export const authorize = authorizeBy({
  sender: naturalId,
  appBaseUrl: (baseUrl) => baseUrl,
  guardsFiles: false,
  takesProof: () => true,
});

export const verify: Platform["verify"] = (request, credentials, webhookSecret) =>
  verifyWebhook(request, credentials.app_secret ?? "", webhookSecret);
