import type { InboundRequest, Verdict } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import { traceIn } from "../../core/tracing.ts";
import type { ChannelRow } from "../../store/rows.ts";
import type { Gateway } from "../gateway.ts";
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
  const taken = {
    platform: channel.platform,
    trace: traceIn(request.headers.traceparent),
    ids: { channel: channel.id },
  };
  await takeWebhook(gateway, taken, (trace) =>
    gateway.store.storeWebhook(channel.id, body, gateway.clock.now(), { signature, trace }),
  );
  gateway.payloadsReady.raise(channel.id);
  return verdict;
}

/** Stores a genuine webhook by `work` where there is room, timed and traced. */
export async function takeWebhook(
  { admission, clock, meter, tracing }: Gateway,
  { platform, trace, ids }: { platform: string; trace?: string; ids: Record<string, string> },
  work: (trace: string | undefined) => Promise<void>,
): Promise<void> {
  const began = clock.steady();
  const span = tracing.begin({ name: "webhook", parent: trace, attributes: ids });
  try {
    await admission.webhook(() => work(span.trace));
    span.end();
    meter.time("antiphon_webhook_seconds", (clock.steady() - began) / 1000, { platform });
  } catch (error) {
    span.end({ problem: error instanceof GatewayError ? error.code : "internal" });
    throw error;
  }
}

/** The signature of a webhook that was verified, for those who verify it again. */
export function signatureOf({ headers }: InboundRequest, name: string | undefined): string | undefined {
  const value = name === undefined ? undefined : headers[name];
  return typeof value === "string" ? value : undefined;
}
