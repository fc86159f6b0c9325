import type { CredentialField, Credentials, Platform } from "../../core/platform.ts";
import { verifyWebhook } from "../meta/challenge.ts";
import { authorizeBy, checkFields, graphForms, graphVersionField } from "../meta/graph-access.ts";

export const credentialFields = [
  {
    name: "instagram_id",
    label: "Instagram account ID",
    help: "Digits: the professional account's `user_id` (not `id`) in GET graph.instagram.com/me?fields=user_id.",
    secret: false,
    required: true,
  },
  {
    name: "page_id",
    label: "Page ID",
    help: "Only for an account that is linked to a Page and connected by Facebook Login. Leave it out for Instagram Login.",
    secret: false,
    required: false,
  },
  {
    name: "access_token",
    label: "Access token",
    help: "The Instagram user's with instagram_business_manage_messages (60 days, then refreshed); with page_id the Page's.",
    secret: true,
    required: true,
  },
  {
    name: "app_id",
    label: "App ID",
    help: "Digits, from the app's Settings > Basic page; not the Instagram app ID.",
    secret: false,
    required: true,
    of: "app",
  },
  {
    name: "app_secret",
    label: "App secret",
    help: "From Settings > Basic; then, parted by a comma, the Instagram app secret, where it differs: either may sign webhooks.",
    secret: true,
    required: true,
    of: "app",
  },
  graphVersionField,
] as const satisfies readonly CredentialField[];

export const checkCredentials = checkFields("An Instagram channel", credentialFields, {
  instagram_id: graphForms.digits,
  page_id: graphForms.digits,
  access_token: graphForms.token,
  app_id: graphForms.digits,
  app_secret: graphForms.secrets,
  graph_version: graphForms.version,
});

const facebook = "https://graph.facebook.com";
const ownHost = "https://graph.instagram.com";

/** Connected by Facebook Login, through the Page that the account is linked to. */
export function isPageLinked({ page_id }: Credentials): boolean {
  return Boolean(page_id);
}

export const defaultBaseUrl: Platform["defaultBaseUrl"] = (credentials) =>
  isPageLinked(credentials) ? facebook : ownHost;

export const naturalId: Platform["naturalId"] = ({ instagram_id }) => instagram_id ?? "";

export const authorize = authorizeBy({
  // A linked account sends by its Page: its own node answers that the app lacks the capability.
  sender: ({ page_id, instagram_id }) => page_id || instagram_id || "",
  appBaseUrl: (baseUrl) => (baseUrl === ownHost ? facebook : baseUrl),
  guardsFiles: false,
  // An Instagram user's token is of the Instagram app, which may have a secret of its own, and no page of Instagram's
  // names the proof (developers.facebook.com/docs/instagram-platform, read 2026-11-22): with the other secret it is refused.
  takesProof: isPageLinked,
});

export const verify: Platform["verify"] = (request, credentials, webhookSecret) =>
  verifyWebhook(request, credentials.app_secret ?? "", webhookSecret);
