import { timestamp } from "../core/clock.ts";
import type { EventConversation, InboundMessage, MessageReport, WindowState } from "../core/event.ts";
import type { InboundContent } from "../core/message.ts";
import type { PlatformProblem } from "../core/problem.ts";
import { type CallProgress, type MessageStatus, messageStatus } from "../core/status.ts";
import type { ContactRow, ConversationRow, MessageRow } from "./rows.ts";

/** The statuses that a message tells of, each at most once. */
const reportedStatuses = ["sent", "delivered", "read", "unknown", "expired", "cancelled", "failed"] as const;
export type ReportedStatus = (typeof reportedStatuses)[number];

/**
 * Which statuses a message has reached so far, whatever order its receipts came in: what is reached stays
 * reached, so every order ends with the same set. `delivered` needs a delivery receipt, for platforms leave it
 * out when reading follows at once; `failed` is told even if a later receipt outranks it.
 */
export function reachedStatuses(calls: readonly CallProgress[]): ReadonlySet<ReportedStatus> {
  const status = messageStatus(calls);
  const some = (receipt: "delivered" | "failed") => calls.some((call) => call.receipts.has(receipt));
  const arrived = status === "delivered" || status === "read";
  const reached = {
    sent: calls.length > 0 && calls.every(isAccepted),
    delivered: arrived && some("delivered"),
    read: status === "read",
    unknown: status === "unknown",
    expired: calls.some((call) => call.state === "expired"),
    cancelled: calls.some((call) => call.state === "cancelled"),
    failed: status === "failed" || some("failed"),
  };
  return new Set(reportedStatuses.filter((name) => reached[name]));
}

function isAccepted({ state, receipts }: CallProgress): boolean {
  return state === "accepted" || [...receipts].some((receipt) => receipt !== "failed");
}

const ranks: Record<MessageStatus, number> = {
  accepted: 0,
  sending: 1,
  unknown: 2,
  expired: 3,
  cancelled: 3,
  sent: 4,
  failed: 5,
  delivered: 6,
  read: 7,
};

/** The status after a change: never back, so a call that waits for its second try leaves its message `sending`. */
export function advance(current: MessageStatus, computed: MessageStatus): MessageStatus {
  return ranks[computed] > ranks[current] ? computed : current;
}

/** The conversation as an event tells it: `contact` is whose it is, or in a group who spoke or tapped. */
export function eventConversation(
  conversation: Pick<ConversationRow, "id" | "chat">,
  window: WindowState,
  contact?: ContactRow,
): EventConversation {
  return {
    id: conversation.id,
    ...(conversation.chat.type !== "private" && { chat: conversation.chat }),
    ...(contact && {
      contact: {
        id: contact.id,
        ...(contact.name !== undefined && { name: contact.name }),
        ...(contact.username !== undefined && { username: contact.username }),
        addresses: contact.aliases,
      },
    }),
    window,
  };
}

/** `status` is where the message stands now, which a late receipt's event does not set back. */
export function messageReport(
  message: Pick<MessageRow, "id" | "status" | "address" | "platformIds" | "metadata">,
  problem: PlatformProblem | undefined,
): MessageReport {
  return {
    id: message.id,
    status: message.status as MessageStatus,
    to: message.address,
    platform_ids: message.platformIds,
    ...(message.metadata && { metadata: message.metadata }),
    ...(problem && { problem }),
  };
}

interface Inbound {
  id: string;
  platformId: string;
  from: string;
  at: number;
  content: InboundContent;
  context?: InboundMessage["context"];
}

/** The seed's payload beside who, where and when; these names win over the payload's. */
export function inboundMessage({ id, platformId, from, at, content, context }: Inbound): InboundMessage {
  return {
    ...content,
    id,
    platform_id: platformId,
    from,
    timestamp: timestamp(at),
    ...(context && { context }),
  };
}
