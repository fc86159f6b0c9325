import type { Lease } from "../leasing.ts";
import type { Store } from "../store.ts";
import { appsPart } from "./apps.ts";
import { auditingPart } from "./auditing.ts";
import { channelsPart } from "./channels.ts";
import type { Db } from "./db.ts";
import { deliveriesPart } from "./deliveries.ts";
import { lookupPart } from "./delivery-lookup.ts";
import { endpointsPart } from "./endpoints.ts";
import { eventsPart } from "./events.ts";
import { healthPart } from "./health.ts";
import { idempotencyPart } from "./idempotency.ts";
import { inboundPart } from "./inbound.ts";
import { keysPart } from "./keys.ts";
import { leasesPart, under } from "./leases.ts";
import { openCallsPart } from "./open-calls.ts";
import { outboundPart } from "./outbound.ts";
import { peoplePart } from "./people.ts";
import { readingPart } from "./reading.ts";
import { replaysPart } from "./replays.ts";
import { restingPart } from "./resting.ts";
import { retainingPart } from "./retaining.ts";
import { routingPart } from "./routing.ts";
import { sealingPart } from "./sealing.ts";
import { sessionsPart } from "./sessions.ts";
import { spreadingPart } from "./spreading.ts";
import { suspectsPart } from "./suspects.ts";
import { tallyPart } from "./tally.ts";
import { telling, tellingPart } from "./telling.ts";
import { joinReached, unjoined } from "./watermark.ts";

/** What an engine alone can do: its own file or server as a whole, whether it takes anything, and its end. */
type OfEngine =
  | "copyTo"
  | "prove"
  | "giveSpaceBack"
  | "keepDays"
  | "refusal"
  | "close"
  | "under"
  | "storeNow";

/** What every engine has in common. */
export type Parts = Omit<Store, OfEngine>;

/** The store, but for what is the engine's own; first what a crash left undone is done. */
export async function openParts(db: Db): Promise<Parts> {
  if (await db.read(() => unjoined(db))) await joinReached(db);
  return partsOf(db);
}

export function partsOf(db: Db): Parts {
  return {
    ...appsPart(telling(db, "apps")),
    ...routingPart(db),
    ...channelsPart(telling(db, "channels")),
    ...keysPart(telling(db, "keys")),
    ...sessionsPart(telling(db, "sessions")),
    ...endpointsPart(telling(db, "endpoints")),
    ...idempotencyPart(db),
    ...outboundPart(db),
    ...openCallsPart(db),
    ...inboundPart(db),
    ...eventsPart(db),
    ...deliveriesPart(db),
    ...restingPart(db),
    ...lookupPart(db),
    ...replaysPart(telling(db, "replays")),
    ...readingPart(db),
    ...sealingPart(db),
    ...peoplePart(db),
    ...auditingPart(db),
    ...retainingPart(db),
    ...spreadingPart(db),
    ...suspectsPart(db),
    ...healthPart(db),
    ...tallyPart(db),
    ...leasesPart(db),
    ...tellingPart(db),
  };
}

/** The store by which a node changes what it leases: those intentions anew, over a database that looks the lease up first. */
export function leased(store: Store, db: Db, lease: Lease): Store {
  const held = under(db, lease);
  const owned = {
    ...routingPart(held),
    ...endpointsPart(held),
    ...outboundPart(held),
    ...inboundPart(held),
    ...deliveriesPart(held),
    ...restingPart(held),
  };
  return Object.assign(Object.create(store), owned);
}
