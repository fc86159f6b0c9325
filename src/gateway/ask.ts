import type { Access, Call, Credentials, Platform, Upload } from "../core/platform.ts";
import type { Exchange, ExchangeLimits, Transport } from "./transport.ts";

/** Shorter values stand in texts by chance. */
const shortestSecret = 8;

/**
 * Sends one call with a channel's credentials, with `upload` in place of the link in its field. A platform may repeat them in its errors ("Malformed access token …"),
 * and those are shown to people: the answer comes without.
 */
export async function ask(
  transport: Transport,
  { platform, access, upload }: { platform: Platform; access: Access; upload?: Upload },
  call: Call,
  limits: ExchangeLimits,
): Promise<Exchange> {
  const request = platform.authorize(call, access, upload);
  const exchange = await transport.exchange(request, limits);
  if (exchange.kind !== "answer") return exchange;
  const said = withoutSecrets(exchange.response.body, platform, access);
  const body = struckOut(said, addedTo(request.url, call));
  return { ...exchange, response: { ...exchange.response, body } };
}

export function withoutSecrets(text: string, platform: Platform, { credentials }: Access): string {
  const secrets = secretsOf.get(credentials) ?? secretsIn(credentials, platform);
  secretsOf.set(credentials, secrets);
  return struckOut(text, secrets);
}

/** Credentials are replaced and never changed, and each is of one platform. */
const secretsOf = new WeakMap<Credentials, readonly string[]>();

function secretsIn(credentials: Credentials, platform: Platform): string[] {
  const fields = platform.credentials
    .filter((field) => field.secret)
    .map((field) => credentials[field.name] ?? "");
  // Several app secrets may stand in one field while they are rotated.
  return [...new Set(fields.flatMap((value) => [value, ...value.split(/[\s,]+/)]))];
}

function struckOut(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets)
    if (secret.length >= shortestSecret && redacted.includes(secret))
      redacted = redacted.replaceAll(secret, "***");
  return redacted;
}

/** What `authorize` put into the address beside the call's own: a proof made of secrets, say. */
function addedTo(url: string, { path }: Call): string[] {
  const at = url.indexOf("?");
  if (at < 0) return [];
  const values = [...new URLSearchParams(url.slice(at + 1)).values()];
  return values.filter((value) => !path.includes(value) && !path.includes(encodeURIComponent(value)));
}
