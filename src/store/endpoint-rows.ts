import type { EventType } from "../core/event.ts";

/** `raw`: what platforms post, byte for byte, instead of events. */
export type EndpointFormat = "antiphon" | "raw";

export interface EndpointRow {
  id: string;
  url: string;
  /** `whsec_<base64>`. */
  secret: string;
  /** The secret before it, which signs too until then, in gateway time. */
  previous?: { secret: string; until: number };
  format: EndpointFormat;
  /** Empty: all. */
  events: EventType[];
  /** Channel ids. Empty: all. */
  channels: string[];
  /** The events of a conversation one after the other; one that fails holds up those behind it. */
  ordered: boolean;
  /** What waits longer is not delivered any more. */
  maxAgeSeconds?: number;
  /** Absent: as fast as it answers. */
  maxPerSecond?: number;
  enabled: boolean;
  /** Its secrets do not open: nothing can be signed. */
  isUnreadable?: true;
  /** Switched off by the gateway itself, at a wall time: nothing is queued for it any more. */
  disabled?: { at: number; reason: DisabledReason };
  /** Since its last success nothing was delivered. */
  failing?: Failing;
  createdAt: number;
}

/** `gone`: it answered 410; `failing`: for too long. */
export type DisabledReason = "gone" | "failing";

/** Times of the gateway's own clock. */
export interface Failing {
  since: number;
  lastError: string;
  /** When `endpoint.failing` was told. */
  toldAt?: number;
}

/** `replayed`: it was dead, and a delivery of a replay took its place. */
export type DeliveryState = "pending" | "delivered" | "dead" | "replayed";

/** Why a delivery is dead. */
export type DeathReason = "tries" | "max_age" | "gone" | "disabled" | "removed" | "corrupt";

/** What became of an attempt; of a preflight too. */
export type AttemptCategory =
  | "ok"
  | "dns"
  | "refused"
  | "tls"
  | "timeout"
  | "redirect"
  | "status"
  | "blocked"
  | "broken";

export interface DeliveryAttempt {
  at: number;
  latencyMs: number;
  /** Absent of what was tried before there were categories, and of what could not be tried. */
  category?: AttemptCategory;
  httpStatus?: number;
  /** Why there is no status: `timeout`, `refused`, `blocked address`, … */
  error?: string;
  /** The first 4 KB of the answer. */
  answer?: string;
}

export interface DeliveryRow {
  /** Grows with queueing: an endpoint's turn. */
  seq: number;
  id: string;
  endpointId: string;
  /** Of `raw`: the name of what the platform posted. */
  eventId: string;
  eventType: EventType | "raw";
  /** What is kept in order: the conversation; of `raw` the channel, or the app. Absent for events of no conversation. */
  lane?: string;
  state: DeliveryState;
  reason?: DeathReason;
  tries: number;
  /** It waits for `dueAt`, not for its turn: it failed, or was asked for. */
  isTimed: boolean;
  /** Gateway time, like the next three. */
  dueAt: number;
  queuedAt: number;
  firstTriedAt?: number;
  replayId?: string;
  payload?: PostedPayload;
  createdAt: number;
}

/** What a platform posted: to a channel, or to an app for several. */
export type PostedPayload = { payloadId: number } | { appPayloadId: number };

export interface DeliveryDetail extends DeliveryRow {
  attempts: DeliveryAttempt[];
}
