import type { Access, Call, Platform, Upload } from "../core/platform.ts";
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
  const exchange = await transport.exchange(platform.authorize(call, access, upload), limits);
  if (exchange.kind !== "answer") return exchange;
  const body = withoutSecrets(exchange.response.body, platform, access);
  return { ...exchange, response: { ...exchange.response, body } };
}

export function withoutSecrets(text: string, platform: Platform, { credentials }: Access): string {
  const fields = platform.credentials
    .filter((field) => field.secret)
    .map((field) => credentials[field.name] ?? "");
  // Several app secrets may stand in one field while they are rotated.
  const secrets = fields.flatMap((value) => [value, ...value.split(/[\s,]+/)]);
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .reduce((redacted, secret) => redacted.replaceAll(secret, "***"), text);
}
