import type { Chat, PlatformName } from "./platform.ts";
import type { PlatformProblem } from "./problem.ts";
import type { MessageStatus } from "./status.ts";

/** The closed list of event types. */
export const eventTypes = [
  "message.received",
  "message.standby",
  "message.edited",
  "message.deleted",
  "message.reaction",
  "message.sent",
  "message.delivered",
  "message.read",
  "message.failed",
  "message.unknown",
  "message.expired",
  "message.cancelled",
  "conversation.blocked",
  "contact.blocked",
  "contact.unblocked",
  "channel.connected",
  "channel.paused",
  "channel.resumed",
  "channel.unsubscribed",
  "channel.resubscribed",
  "channel.token_expiring",
  "channel.account_warned",
  "channel.removed",
  "endpoint.failing",
  "endpoint.recovered",
  "endpoint.disabled",
  "endpoint.test",
] as const;
export type EventType = (typeof eventTypes)[number];

export interface WindowState {
  /** `none` where the platform has no such window. */
  state: "open" | "closed" | "none";
  closes_at?: string;
}

export interface EventConversation {
  id: string;
  chat?: Chat;
  contact?: { id: string; name?: string; username?: string; addresses: string[] };
  window: WindowState;
}

/** A message of a contact: the seed's payload beside what says who, where and when. */
export interface InboundMessage {
  id: string;
  platform_id: string;
  from: string;
  timestamp: string;
  /** `id` is our id of the message answered or quoted, as it was answered to its sender. */
  context?: { id?: string; platform_id?: string; metadata?: Record<string, string> };
  type: string;
  [object: string]: unknown;
}

/** What became of a message that we sent. */
export interface MessageReport {
  id: string;
  status: MessageStatus;
  to: string;
  platform_ids: string[];
  metadata?: Record<string, string>;
  /** `sent` is known by an echo that named no message of ours: recipient, content and time fitted. */
  matched_by?: "content";
  problem?: PlatformProblem;
}

/** How an endpoint fares; the endpoint itself is not told. */
export interface EndpointReport {
  id: string;
  /** Since when nothing was delivered to it. */
  since: string;
  last_error: string;
  /** What waits for it; of a disabled one, what is dead now. */
  pending: number;
}

/** What an endpoint receives, `/v1/events` lists, and the stream sends. */
export interface Event {
  id: string;
  type: EventType;
  timestamp: string;
  /** Counts the events of one conversation from 1, without gaps. */
  sequence?: number;
  channel?: { id: string; platform: PlatformName };
  conversation?: EventConversation;
  message?: InboundMessage | MessageReport;
  endpoint?: EndpointReport;
  reason?: string;
  /** `channel.unsubscribed` and `channel.resubscribed`: from when on the platform may have told us nothing, and until when. */
  since?: string;
  until?: string;
  /** `channel.token_expiring`. */
  expires_at?: string;
  /** `channel.paused`: when it goes on by itself, where that is known. */
  resumes_at?: string;
}

/** Whether the contact's last message still opens the platform's window; `windowMs` null: there is none. */
export function windowState(
  lastInboundAt: number | undefined,
  windowMs: number | null,
  at: number,
): WindowState {
  if (windowMs === null) return { state: "none" };
  if (lastInboundAt === undefined) return { state: "closed" };
  const closesAt = lastInboundAt + windowMs;
  return { state: at < closesAt ? "open" : "closed", closes_at: new Date(closesAt).toISOString() };
}
