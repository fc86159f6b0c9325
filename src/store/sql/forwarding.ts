import type { UnroutedPart } from "../rows.ts";
import type { Db, Work } from "./db.ts";
import { enqueue, type Queued, type Receiver, receiversOf, wants } from "./receivers.ts";

/** Queues what a platform posted to a channel for the endpoints that want it as it came. */
export function* forwardPayload(
  db: Db,
  { payloadId, channelId, at }: { payloadId: number; channelId: string; at: number },
): Work<void> {
  for (const { id, channels } of yield* receiversOf(db, "raw"))
    if (wants(channels, channelId))
      yield* forwardPart(db, { endpointId: id, payloadId, channelId, lane: channelId, at });
}

interface AppArrival {
  appPayloadId: number;
  appId: string;
  at: number;
  parts: { channelId: string; payloadId: number }[];
  unrouted: readonly UnroutedPart[];
}

/**
 * What was posted to an app goes on whole to an endpoint that may have all of it. Another gets its own parts alone, and
 * nothing of what is for somebody else.
 */
export function* forwardAppPayload(
  db: Db,
  { appPayloadId, appId, at, parts, unrouted }: AppArrival,
): Work<void> {
  for (const endpoint of yield* receiversOf(db, "raw")) {
    const own = parts.filter(({ channelId }) => wants(endpoint.channels, channelId));
    if (own.length === 0) continue;
    const eventId = `raw_app_${appPayloadId}`;
    const row = { endpointId: endpoint.id, eventType: "raw" as const, lane: appId, at };
    if (own.length === parts.length && mayHave(endpoint, unrouted))
      yield* enqueue(db, { ...row, eventId, payload: { appPayloadId } });
    else
      for (const { payloadId, channelId } of own)
        yield* forwardPart(db, { endpointId: endpoint.id, payloadId, channelId, lane: appId, at });
  }
}

/** What reached no channel: an endpoint of all channels may see what nobody knows, and nobody what is another app's. */
function mayHave({ channels }: Receiver, unrouted: readonly UnroutedPart[]): boolean {
  return unrouted.length === 0 || (channels.length === 0 && unrouted.every(({ kind }) => kind === "unknown"));
}

function* forwardPart(
  db: Db,
  { payloadId, ...part }: Pick<Queued, "endpointId" | "channelId" | "lane" | "at"> & { payloadId: number },
): Work<void> {
  yield* enqueue(db, { ...part, eventId: `raw_${payloadId}`, eventType: "raw", payload: { payloadId } });
}
