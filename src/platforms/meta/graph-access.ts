import type {
  Access,
  Call,
  CredentialField,
  Credentials,
  HttpRequest,
  Platform,
} from "../../core/platform.ts";
import { type FieldProblem, GatewayError } from "../../core/problem.ts";
import { appPath } from "./app-webhook.ts";
import { apiVersion, defaultGraphVersion, graphVersionForm } from "./graph-versions.ts";
import { appSecretProof, secretsIn } from "./signature.ts";

export const graphVersionField = {
  name: "graph_version",
  label: "Graph API version",
  help: `Like ${defaultGraphVersion}; absent: as ANTIPHON_GRAPH_VERSION says.`,
  secret: false,
  required: false,
} as const satisfies CredentialField;

/** What a credential must look like. Tokens become a header: nothing but visible ASCII may be in them. */
export const graphForms = {
  digits: /^\d{1,32}$/,
  token: /^[\x21-\x7e]+$/,
  secrets: /^[\s,]*[\x21-\x2b\x2d-\x7e]+(?:[\s,]+[\x21-\x2b\x2d-\x7e]+)*[\s,]*$/,
  version: graphVersionForm,
};

/** Checks credentials by the fields' own data and a form for each. `owner` is what needs them: `A Messenger channel`. */
export function checkFields<Field extends CredentialField>(
  owner: string,
  fields: readonly Field[],
  forms: Record<Field["name"], RegExp>,
): (credentials: Credentials) => FieldProblem[] {
  return (credentials) =>
    fields.flatMap((field) => {
      const value = credentials[field.name] ?? "";
      const problem = { pointer: `/credentials/${field.name}`, hint: field.help };
      if (value === "") {
        const message = `${owner} needs its ${field.name}.`;
        return field.required ? [{ ...problem, rule: "required", message }] : [];
      }
      if (forms[field.name as Field["name"]].test(value)) return [];
      return [{ ...problem, rule: "format", message: `This does not look like a valid ${field.label}.` }];
    });
}

const downloadPrefix = "/download/";

/** The call that fetches a file from the absolute URL that Meta named. Half a surrogate pair cannot be escaped. */
export function downloadCall(url: string): Call {
  return { method: "GET", path: downloadPrefix + encodeURIComponent(url.toWellFormed()), part: "media" };
}

/** Asks what an access token may do. `authorize` names the token: a stored call holds none. */
export const tokenPath = "/debug_token";

/** Renews an Instagram user's token, which stands in the address: the page names no other place for it, and no version. */
export const refreshPath = "/refresh_access_token";

/** How one platform's calls become Graph's. */
export interface GraphNodes {
  /** The node whose `/messages` are sent to. */
  sender(credentials: Credentials): string;
  /** Where the app's own calls go. */
  appBaseUrl(baseUrl: string): string;
  /** True where Meta's file hosts want the token; elsewhere the address itself is signed. */
  guardsFiles: boolean;
  /** Whether the account's own token is one of the app whose secret is known here. */
  takesProof(credentials: Credentials): boolean;
}

/** Adds what no stored call holds: the token, the version, and the node that sends. */
export function authorizeBy(nodes: GraphNodes): Platform["authorize"] {
  return (call, access) => {
    if (call.path === refreshPath) return { method: call.method, url: refreshUrl(access), headers: {} };
    const token = tokenFor(call, access.credentials, nodes);
    const url = urlOf(call, access, nodes);
    const request: HttpRequest = {
      method: call.method,
      url: token === undefined ? url : proven(url, { call, token, credentials: access.credentials }, nodes),
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    };
    if (!call.body) return request;
    const headers = { ...request.headers, "content-type": "application/json" };
    return { ...request, headers, body: JSON.stringify(call.body) };
  };
}

function refreshUrl({ credentials, baseUrl }: Access): string {
  const token = encodeURIComponent(credentials.access_token ?? "");
  return `${baseUrl}${refreshPath}?grant_type=ig_refresh_token&access_token=${token}`;
}

function tokenFor({ path }: Call, credentials: Credentials, nodes: GraphNodes): string | undefined {
  const own = credentials.access_token ?? "";
  if (path.startsWith(downloadPrefix)) return nodes.guardsFiles ? own : undefined;
  // Without an app the token asks about itself, which Graph allows to the app's own people.
  return (isApps(path) && appToken(credentials)) || own;
}

/** Calls that an app makes by itself, where it is known. */
function isApps(path: string): boolean {
  return path.startsWith(`${appPath}/`) || path === tokenPath;
}

function appToken({ app_id, app_secret }: Credentials): string | undefined {
  const [secret] = secretsIn(app_secret ?? "");
  return app_id && secret ? `${app_id}|${secret}` : undefined;
}

/**
 * With the proof of the app's secret, on the Graph API; the file hosts take none. Which app a token is of is asked
 * without: that question is to tell whether the secret is the right app's, and a wrong proof would be all the answer.
 */
function proven(
  url: string,
  { call, token, credentials }: { call: Call; token: string; credentials: Credentials },
  nodes: GraphNodes,
): string {
  const [secret] = secretsIn(credentials.app_secret ?? "");
  const isBare = call.path.startsWith(downloadPrefix) || call.path === appPath;
  const isOfApp = token === appToken(credentials) || nodes.takesProof(credentials);
  if (!secret || isBare || !isOfApp) return url;
  return `${url}${url.includes("?") ? "&" : "?"}appsecret_proof=${proofOf(credentials, token, secret)}`;
}

interface Proof {
  token: string;
  secret: string;
  proof: string;
}

/** The last one of the same credentials, which are replaced and never changed: nearly all calls take one token. */
const proofs = new WeakMap<Credentials, Proof>();

function proofOf(credentials: Credentials, token: string, secret: string): string {
  const last = proofs.get(credentials);
  if (last?.token === token && last.secret === secret) return last.proof;
  const proof = appSecretProof(token, secret);
  proofs.set(credentials, { token, secret, proof });
  return proof;
}

function urlOf({ path }: Call, { credentials, baseUrl }: Access, nodes: GraphNodes): string {
  if (path.startsWith(downloadPrefix)) {
    return trusted(decodeURIComponent(path.slice(downloadPrefix.length)), baseUrl);
  }
  const version = `/${apiVersion.of(credentials)}`;
  const appBase = nodes.appBaseUrl(baseUrl) + version;
  if (path.startsWith(`${appPath}/`)) return `${appBase}/${credentials.app_id}${path.slice(appPath.length)}`;
  if (path === tokenPath) {
    return `${appBase}${path}?input_token=${encodeURIComponent(credentials.access_token ?? "")}`;
  }
  const node = path === "/messages" ? `/${nodes.sender(credentials)}` : "";
  return `${baseUrl}${version}${node}${path}`;
}

/** Meta's file hosts. Nobody else may be asked with what a payload or an answer names. */
const fileHosts =
  /^(?:[a-z0-9-]+\.)*(?:fbsbx\.com|fbcdn\.net|cdninstagram\.com|facebook\.com|whatsapp\.net)$/;

function trusted(url: string, baseUrl: string): string {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isMeta = target?.protocol === "https:" && target.port === "" && fileHosts.test(target.hostname);
  if (target && (isMeta || target.origin === new URL(baseUrl).origin)) return target.href;
  throw new GatewayError("platform_refused", "The file is on a host that is not Meta's.");
}
