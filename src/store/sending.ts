import type { Moment } from "../core/clock.ts";
import type { Chat, Outcome } from "../core/platform.ts";
import type { PlatformProblem } from "../core/problem.ts";
import type { CallRow, ConversationRow, KeyedRequest, MessageRow, PaceRow } from "./rows.ts";

/** An accepted message and the calls that render made of it. Lane and contact are found or made on the way. */
export interface NewMessage {
  message: Omit<MessageRow, "conversationId" | "direction" | "platform" | "status" | "platformIds">;
  calls: { id: string; call: CallRow["call"] }[];
  /** When it was accepted, in gateway time: from then on it may leave. */
  dueAt: number;
  chat: Chat;
  /** Every alias of the recipient; ignored for groups. */
  aliases: string[];
  /** The request that it came by, answered: known from the same transaction on. */
  keyed?: KeyedRequest;
}

/** What is done about a call that left and was not answered. */
export type Verdict =
  | { as: "unknown" }
  /** Counts as refused; the platform's later word of it is still told. */
  | { as: "failed" }
  /** It is sent again, not before `dueAt`. */
  | { as: "resent"; dueAt: number };
/** What a person does about a message. */
export type Resolution = "sent" | "failed" | "resend" | "skip";

export type Unanswered = Verdict | { as: "held"; dueAt: number };

/** One try of a call among others: which it was, from 1, and when it began in gateway time. */
export interface Try {
  number: number;
  begunSteady: number;
}

/** What one call's attempt came to. The store derives the message's new status and writes its events. */
export interface Settlement {
  callId: string;
  /** With an `unknown` outcome: nothing is changed where this try is known to be over. */
  ofTry?: Try;
  /** It is certain that no byte of it left. */
  isUnsent?: boolean;
  at: number;
  startedAt: number;
  httpStatus?: number;
  outcome: Outcome;
  /**
   * Gateway time. With a `retry` outcome: when to try again; with one that is rejected as `isUnfetched`: when to go on by upload.
   * Absent: it would be too late then, which expires the message; or it had its tries, or is refused for good.
   */
  retryAt?: number;
  /** With an `unknown` outcome; absent: the call is `unknown` for good, unless the platform tells of it. */
  unanswered?: Unanswered;
  /** With an `unknown` outcome: what an echo of the call would show, where only that tells of it. */
  likeness?: string;
  /** Pauses that the answer asks for. */
  paces?: readonly PaceRow[];
}

/** Outbound: messages, their calls and lanes, and what paces them. */
export interface SendingStore {
  /** The lane of `aliases` (private) or of `chat` (group), if the channel knows it. */
  findConversation(channelId: string, chat: Chat, aliases: string[]): Promise<ConversationRow | undefined>;
  /** `idempotency_key_in_use`: its request is known, and nothing is stored. */
  acceptMessage(message: NewMessage): Promise<MessageRow>;
  /** Conversations with an open call (`queued`, `sending` or `held`), by the age of their oldest one; when that is due. */
  lanes(): Promise<{ conversationId: string; channelId: string; dueAt: number }[]>;
  /** Those of a channel by their ids, after `after`: for a round of however many, part by part. */
  openLanes(channelId: string, after: string, limit: number): Promise<string[]>;
  /**
   * The oldest open call of a lane, and its message. One that is `sending` still has its outcome to come, and one that
   * is `held` the platform's word or its end: nothing of the lane leaves before that is stored. `blockedBy`: nor while
   * this message, which did not arrive, is neither resolved nor let go. `formerly`: lanes that became part of it.
   */
  headCall(
    conversationId: string,
  ): Promise<{ call: CallRow; message: MessageRow; blockedBy?: string; formerly: string[] } | undefined>;
  /** Of the next 1,000 calls that wait in a lane, the one whose message expires first. */
  firstToExpire(conversationId: string): Promise<{ call: CallRow; message: MessageRow } | undefined>;
  /** When the newest accepted call of a lane began in gateway time, while the platform has reported nothing of it. */
  unreportedSince(conversationId: string): Promise<number | undefined>;
  /** Ends the head of a lane that is damaged, believing nothing of it; its message fails as `corrupt`. */
  quarantineHead(conversationId: string, at: number): Promise<void>;
  /**
   * The intent: committed before a byte leaves. Sets `sending`, counts the try; refuses a call that is not queued.
   * `paces` are the rates that it uses, so that a restart knows what has left.
   */
  beginCall(callId: string, begun: Moment, paces?: readonly PaceRow[]): Promise<void>;
  /** Those that are not full again before `after`. */
  paces(after: number): Promise<PaceRow[]>;
  /** Drops those that are full again by then. */
  forgetPaces(until: number): Promise<void>;
  /** After a rejected or unknown call the rest of its message is `skipped`: a half unknown message never goes on. */
  settleCall(settlement: Settlement): Promise<void>;
  /**
   * An answer that came to a node when another worked for the channel: that the platform has the call. Nothing where
   * that is known already, or nothing of the call is in doubt.
   */
  tellAnswer(settlement: Settlement): Promise<void>;
  /**
   * That a try never left, from a node that works for the channel no more: as if it had been told in time, as far as nothing
   * else has happened. True: it waits again; false: nothing of that is in doubt, or it was told as
   * unknown, and has failed for certain now.
   */
  tellUnsent(settlement: Settlement & { ofTry: Try }): Promise<boolean>;
  /** Ends the wait for a held call, or for one that is to be sent again. Nothing, where it was told of meanwhile. */
  endHold(callId: string, verdict: Verdict, at: number): Promise<void>;
  /** What of a message waits is too late: it becomes `expired`. */
  expireMessage(messageId: string, problem: PlatformProblem, at: number): Promise<void>;
  /** Takes back a message of which nothing has left; `conflict` where something may have. */
  cancelMessage(messageId: string, at: number): Promise<void>;
  /**
   * A person says what became of an `unknown` message; `resend` sends its unanswered call and what follows it again,
   * with the time that it had at first. `conflict` for a message that is not unknown. One behind which its lane waits may
   * also be sent again after it was refused or expired, and `skip` lets the lane go on without it.
   */
  resolveMessage(messageId: string, outcome: Resolution, when: Moment): Promise<void>;
  /** After a start: the calls that a crash left `sending`, each to be settled by what is known of it; begun in gateway time. */
  interrupted(): Promise<{ call: CallRow; message: MessageRow; begunSteady: number }[]>;
}
