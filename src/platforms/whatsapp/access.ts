import type {
  Access,
  Call,
  CredentialField,
  Credentials,
  HttpRequest,
  InboundRequest,
  Verdict,
} from "../../core/platform.ts";
import { type FieldProblem, GatewayError } from "../../core/problem.ts";
import { answerChallenge } from "../meta/challenge.ts";
import { forged, verifySignature } from "../meta/signature.ts";

const defaultGraphVersion = "v25.0";

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
  {
    name: "graph_version",
    label: "Graph API version",
    help: `Like ${defaultGraphVersion}, which is the default.`,
    secret: false,
    required: false,
  },
] as const satisfies readonly CredentialField[];

/** What a credential must look like. Tokens become a header: nothing but visible ASCII may be in them. */
const forms: Record<(typeof credentialFields)[number]["name"], RegExp> = {
  phone_number_id: /^\d{1,32}$/,
  access_token: /^[\x21-\x7e]+$/,
  app_secret: /[^\s,]/,
  waba_id: /^\d{1,32}$/,
  app_id: /^\d{1,32}$/,
  graph_version: /^v\d{1,3}\.\d{1,2}$/,
};

export function checkCredentials(credentials: Credentials): FieldProblem[] {
  return credentialFields.flatMap(({ name, label, help, required }) => {
    const value = credentials[name] ?? "";
    const problem = { pointer: `/credentials/${name}`, hint: help };
    if (value === "") {
      return required
        ? [{ ...problem, rule: "required", message: `A WhatsApp channel needs its ${name}.` }]
        : [];
    }
    if (forms[name].test(value)) return [];
    return [{ ...problem, rule: "format", message: `This does not look like a ${label}.` }];
  });
}

const downloadPrefix = "/download/";

/** The call that fetches a file from the absolute URL that Graph named. */
export function downloadCall(url: string): Call {
  return { method: "GET", path: downloadPrefix + encodeURIComponent(url), part: "media" };
}

/** Adds the token, the version and the phone number id, which no stored call holds. */
export function authorize(call: Call, access: Access): HttpRequest {
  const request = {
    method: call.method,
    url: urlOf(call, access),
    headers: { authorization: `Bearer ${access.credentials.access_token}` },
  };
  if (!call.body) return request;
  const headers = { ...request.headers, "content-type": "application/json" };
  return { ...request, headers, body: JSON.stringify(call.body) };
}

function urlOf({ path }: Call, { credentials, baseUrl }: Access): string {
  if (path.startsWith(downloadPrefix)) {
    return trusted(decodeURIComponent(path.slice(downloadPrefix.length)), baseUrl);
  }
  const version = credentials.graph_version || defaultGraphVersion;
  const owner = path === "/messages" ? `/${credentials.phone_number_id}` : "";
  return `${baseUrl}/${version}${owner}${path}`;
}

/** Meta's file hosts, which want the token. Nobody else may be sent it, whatever an answer says. */
const metaHosts = /^(?:[a-z0-9-]+\.)*(?:fbsbx\.com|fbcdn\.net|facebook\.com|whatsapp\.net)$/;

function trusted(url: string, baseUrl: string): string {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isMeta = target?.protocol === "https:" && target.port === "" && metaHosts.test(target.hostname);
  if (target && (isMeta || target.origin === new URL(baseUrl).origin)) return target.href;
  throw new GatewayError("platform_refused", "WhatsApp named a file on a host that is not Meta's.");
}

/** Genuine is what is signed with the app secret; the handshake carries our verify token instead. */
export function verify(request: InboundRequest, credentials: Credentials, webhookSecret: string): Verdict {
  if (request.method === "GET") return answerChallenge(request, webhookSecret);
  if (request.method !== "POST") return forged("Meta posts its webhooks.");
  return verifySignature(request, credentials.app_secret ?? "");
}
