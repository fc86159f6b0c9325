import type { HttpRequest } from "../../core/platform.ts";
import type { Posted } from "../../store/delivering.ts";
import type { DeliveryRow, EndpointRow, PostedPayload } from "../../store/endpoint-rows.ts";
import type { Gateway } from "../gateway.ts";
import { signedHeaders } from "./signature.ts";

/** The request that a delivery is, signed now; undefined: what was stored of it is damaged, or gone. */
export async function requestFor(
  gateway: Gateway,
  endpoint: EndpointRow,
  delivery: DeliveryRow & { trace?: string },
): Promise<HttpRequest | undefined> {
  const told = delivery.payload
    ? await postedFor(gateway, delivery.payload)
    : await eventFor(gateway, delivery.eventId);
  if (!told) return undefined;
  const replay = named("antiphon-replay", delivery.replayId && "true");
  return signedRequest(gateway, endpoint, {
    id: delivery.eventId,
    body: told.body,
    headers: { ...told.headers, ...replay, ...named("traceparent", delivery.trace) },
  });
}

interface Told {
  body: string;
  headers: Record<string, string>;
}

/** Signed by the endpoint's secret, and while it is being changed by the one before too. */
export function signedRequest(
  { clock }: Pick<Gateway, "clock">,
  { url, secret, previous }: Pick<EndpointRow, "url" | "secret" | "previous">,
  { id, body, headers }: Told & { id: string },
): HttpRequest {
  const secrets = previous && previous.until > clock.steady() ? [secret, previous.secret] : [secret];
  const own = { "content-type": "application/json", "user-agent": "Antiphon" };
  const signed = signedHeaders(secrets, id, clock.now(), body);
  return { method: "POST", url, headers: { ...own, ...headers, ...signed }, body };
}

async function eventFor({ store }: Gateway, eventId: string): Promise<Told | undefined> {
  const body = await store.eventBody(eventId);
  return body === undefined ? undefined : { body, headers: {} };
}

async function postedFor(gateway: Gateway, payload: PostedPayload): Promise<Told | undefined> {
  const posted = await gateway.store.posted(payload);
  if (!posted) return undefined;
  const headers = "payloadId" in payload ? channelSignature(gateway, posted) : appSignature(gateway, posted);
  return { body: posted.body, headers };
}

/**
 * The platform's own signature as it came, where it fits the bytes; what is a part of a larger webhook, or lost a
 * contact's words since, is signed anew by the same secret, so that whoever checks it needs to know nothing of it.
 */
function channelSignature({ channels, platforms }: Gateway, posted: Posted): Record<string, string> {
  const channel = channels.get(posted.ownerId);
  const signature = channel && platforms[channel.platform].signature;
  if (!signature) return {};
  const { header, fits, sign } = signature;
  return named(
    header,
    kept(posted, (given) => fits(given, posted.body, channel.credentials)) ??
      sign(posted.body, channel.credentials),
  );
}

function appSignature({ apps, provider }: Gateway, posted: Posted): Record<string, string> {
  const app = apps.get(posted.ownerId);
  if (!app) return {};
  const { header, fits, sign } = provider.signature;
  return named(header, kept(posted, (given) => fits(given, posted.body, app)) ?? sign(posted.body, app));
}

function kept({ signature }: Posted, fits: (given: string) => boolean): string | undefined {
  return signature !== undefined && fits(signature) ? signature : undefined;
}

function named(header: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [header]: value };
}
