import { appsPart } from "./sqlite/apps.ts";
import { auditingPart } from "./sqlite/auditing.ts";
import { backingPart } from "./sqlite/backing.ts";
import { channelsPart } from "./sqlite/channels.ts";
import { connect, type SqliteOptions } from "./sqlite/connection.ts";
import { deliveriesPart } from "./sqlite/deliveries.ts";
import { lookupPart } from "./sqlite/delivery-lookup.ts";
import { endpointsPart } from "./sqlite/endpoints.ts";
import { eventsPart } from "./sqlite/events.ts";
import { healthPart } from "./sqlite/health.ts";
import { idempotencyPart } from "./sqlite/idempotency.ts";
import { inboundPart } from "./sqlite/inbound.ts";
import { keysPart } from "./sqlite/keys.ts";
import { outboundPart } from "./sqlite/outbound.ts";
import { peoplePart } from "./sqlite/people.ts";
import { readingPart } from "./sqlite/reading.ts";
import { replaysPart } from "./sqlite/replays.ts";
import { restingPart } from "./sqlite/resting.ts";
import { retainingPart } from "./sqlite/retaining.ts";
import { routingPart } from "./sqlite/routing.ts";
import { sealingPart } from "./sqlite/sealing.ts";
import { sessionsPart } from "./sqlite/sessions.ts";
import { suspectsPart } from "./sqlite/suspects.ts";
import { tallyPart } from "./sqlite/tally.ts";
import { joinReached, unjoined } from "./sqlite/watermark.ts";
import type { Store } from "./store.ts";

export { isHeld } from "./sqlite/connection.ts";
export { prove } from "./sqlite/prove.ts";

/**
 * The store in one SQLite file, owned by this process alone until it is closed. Rejects with a sentence when the
 * file is in use, was written by a newer version, or cannot be made durable.
 */
export async function openSqlite(options: SqliteOptions): Promise<Store> {
  const connection = connect(options);
  if (unjoined(connection)) await joinReached(connection);
  return {
    ...appsPart(connection),
    ...routingPart(connection),
    ...channelsPart(connection),
    ...keysPart(connection),
    ...sessionsPart(connection),
    ...endpointsPart(connection),
    ...idempotencyPart(connection),
    ...outboundPart(connection),
    ...inboundPart(connection),
    ...eventsPart(connection),
    ...deliveriesPart(connection),
    ...restingPart(connection),
    ...lookupPart(connection),
    ...replaysPart(connection),
    ...readingPart(connection),
    ...sealingPart(connection),
    ...peoplePart(connection),
    ...backingPart(connection),
    ...auditingPart(connection),
    ...retainingPart(connection),
    ...suspectsPart(connection),
    ...healthPart(connection),
    ...tallyPart(connection),
    refusal: () => connection.refusal(),
    close: async () => connection.close(),
  };
}
