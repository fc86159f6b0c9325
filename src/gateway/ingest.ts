import type { InboundRequest, Verdict } from "../core/platform.ts";
import type { ChannelRow } from "../store/rows.ts";
import type { Gateway } from "./gateway.ts";
import { demandReadable } from "./set-aside.ts";

/** Verifies a webhook by its raw bytes and stores it. The 200 may go out once this has fulfilled. */
export async function ingest(
  gateway: Gateway,
  channel: ChannelRow,
  request: InboundRequest,
): Promise<Verdict> {
  demandReadable(channel);
  const platform = gateway.platforms[channel.platform];
  const verdict = platform.verify(request, channel.credentials, channel.webhookSecret);
  if (verdict.kind === "forged" && request.method === "POST")
    gateway.refusedWebhooks.add(channel.id, gateway.clock.now());
  if (verdict.kind !== "genuine") return verdict;
  gateway.refusedWebhooks.clear(channel.id);
  const signature = signatureOf(request, platform.signature?.header);
  const body = new TextDecoder().decode(request.rawBody);
  await gateway.admission.webhook(() =>
    gateway.store.storeWebhook(channel.id, body, gateway.clock.now(), signature),
  );
  gateway.payloadsReady.raise(channel.id);
  return verdict;
}

/** The signature of a webhook that was verified, for those who verify it again. */
export function signatureOf({ headers }: InboundRequest, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : headers[name];
  return typeof value === "string" ? value : undefined;
}
