import type {
  DeathReason,
  DeliveryAttempt,
  DeliveryDetail,
  DeliveryRow,
  DeliveryState,
  PostedPayload,
} from "./endpoint-rows.ts";
import type { Page, PageRequest } from "./paging.ts";
import type { AgedPlace } from "./retaining.ts";

export interface DeliveryFilter extends PageRequest {
  /** Those to these endpoints alone, of what concerns these channels or the endpoint itself. */
  among?: { endpointIds: readonly string[]; channelIds: readonly string[] };
  endpointId?: string;
  state?: DeliveryState;
  eventId?: string;
  replayId?: string;
}

export interface TimedDeliveries {
  endpointId: string;
  now: number;
  limit: number;
  /** Left out, by id: they are under way. */
  except: readonly string[];
  /** Only those that nothing of their lane stands before. */
  headsOnly: boolean;
}

/** `now`: gateway time. `contentDays`: where a channel says nothing else; 0: for ever. */
export interface Resting {
  endpointId: string;
  now: number;
  contentDays: number;
}

/** What becomes of a delivery after an attempt. */
export type AfterAttempt =
  | { state: "delivered" }
  | { state: "dead"; reason: DeathReason }
  | { state: "pending"; dueAt: number };

/** What a platform posted, with the signature that came with it. `ownerId`: the channel, or the app. */
export interface Posted {
  body: string;
  signature?: string;
  ownerId: string;
}

/**
 * What waits for an endpoint: in turn, or for a time. Each look-up takes as long beside a million waiting as beside ten.
 */
export interface DeliveringStore {
  /** Those that wait for their turn behind `after`, in order. */
  deliveriesInTurn(wish: { endpointId: string; after: number; limit: number }): Promise<DeliveryRow[]>;
  /** Those whose time has come, the longest due first. */
  timedDeliveries(wish: TimedDeliveries): Promise<DeliveryRow[]>;
  /** When the next is due that is not at `after`. */
  nextTimedAt(endpointId: string, after: number): Promise<number | undefined>;
  /** The first of a lane that is pending; `inTurn`: that waits for its turn. */
  headOfLane(endpointId: string, lane: string, inTurn: boolean): Promise<DeliveryRow | undefined>;
  /** When the one was queued that has waited longest. */
  oldestQueuedAt(endpointId: string): Promise<number | undefined>;
  /** So many at most of those that were queued before then are dead from now on. How many they were. */
  expireDeliveries(wish: { endpointId: string; queuedBefore: number; limit: number }): Promise<number>;
  /**
   * For an endpoint that is switched off, a part of a round: what has waited for longer than its channel keeps content is
   * dead, and what is of several channels or of none as soon as it is too old for one of them.
   */
  expireResting(wish: Resting, from?: AgedPlace): Promise<{ expired: number; next?: AgedPlace }>;
  /** So many of what waits is dead, unless the endpoint is there and not switched off. How many they were. */
  closeDeliveries(endpointId: string, reason: DeathReason, limit: number): Promise<number>;
  /** Endpoints that nothing is delivered to any more, and for which something waits all the same. */
  abandonedEndpoints(): Promise<string[]>;
  /** What failed since then is due at once, a thousand at most. */
  hurryDeliveries(wish: { endpointId: string; triedSince: number; now: number }): Promise<void>;
  pendingDeliveries(endpointId: string): Promise<number>;
  /**
   * `at`: gateway time, when it ended. Gives when it is to be tried again, if it is: at once, where somebody has asked for
   * that while the attempt was under way.
   */
  recordAttempt(
    deliveryId: string,
    attempt: DeliveryAttempt,
    next: AfterAttempt,
    at: number,
  ): Promise<number | undefined>;
  /** Makes a delivery pending and due at once. */
  retryDelivery(id: string, at: number): Promise<DeliveryDetail | undefined>;
  deliveries(filter: DeliveryFilter): Promise<Page<DeliveryDetail>>;
  /** `among`: it is there only if a list with that would have it. */
  delivery(id: string, among?: DeliveryFilter["among"]): Promise<DeliveryDetail | undefined>;
  /** Undefined: it is damaged. */
  posted(payload: PostedPayload): Promise<Posted | undefined>;
}
