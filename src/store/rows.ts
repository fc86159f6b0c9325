import type { Adaptation } from "../core/adaptation.ts";
import type { Event } from "../core/event.ts";
import type {
  AmbiguityPolicy,
  Choice,
  Content,
  FailurePolicy,
  InboundContent,
  Policy,
  RenderOptions,
} from "../core/message.ts";
import type { AppProvider, Call, Chat, Credentials, PlatformName } from "../core/platform.ts";
import type { PlatformProblem } from "../core/problem.ts";
import type { CallState, MessageStatus, Receipt } from "../core/status.ts";
import type { Retention } from "./retaining.ts";

/**
 * What the store holds, as its callers see it. What has happened has its time `At` in milliseconds since 1970; what is
 * waited for (`dueAt`, `expiresAt`, `fullAt`) is in gateway time, which never jumps. The two are never compared.
 */
export interface AppRow {
  id: string;
  provider: AppProvider["name"];
  /** The provider's own id of the app; unique per provider. */
  appId: string;
  name: string;
  /** The newest first; several while they are rotated. */
  secrets: string[];
  /** Ours, told to the provider: its handshake repeats it. */
  verifyToken: string;
  /** What is stored of its secrets cannot be read: none of them is here. */
  isUnreadable?: true;
  createdAt: number;
}

export interface ChannelRow {
  id: string;
  platform: PlatformName;
  /** The platform's own id; unique per platform. */
  naturalId: string;
  name: string;
  credentials: Credentials;
  baseUrl: string;
  /** True: made by `npm start` for the simulator. */
  simulated: boolean;
  /** Ours, told to the platform when registering: verify token or secret token. */
  webhookSecret: string;
  paused: boolean;
  pausedReason?: string;
  /** Paused because its platform refuses its token: it goes on by itself with another. */
  awaitsCredentials?: boolean;
  /** Paused because its platform restricts the account. */
  restricted?: boolean;
  /** Gateway time: when the restriction ends by itself. */
  resumesAt?: number;
  /** Its own throughput; absent: the platform's usual one. */
  messagesPerSecond?: number;
  /** Wishes for all its messages; those of a message win. */
  options?: RenderOptions;
  /** For messages that say nothing themselves; absent: `hold`. */
  onAmbiguous?: AmbiguityPolicy;
  /** The same of what is behind one that failed; absent: `continue`. */
  onFailed?: FailurePolicy;
  /** How long what it has is kept, where that is not as for all. */
  retention?: Retention;
  /** Our id of the app that serves it: app secrets, verify token and webhook are the app's then. */
  appId?: string;
  /** As of an app: neither credentials nor webhook secret are here. */
  isUnreadable?: true;
  createdAt: number;
}

export interface ContactRow {
  id: string;
  channelId: string;
  aliases: string[];
  name?: string;
  username?: string;
  language?: string;
  blocked: boolean;
}

export interface ConversationRow {
  id: string;
  channelId: string;
  /** The channel's, which may have been removed since. */
  platform: PlatformName;
  chat: Chat;
  contact?: ContactRow;
  /** When the contact last wrote; absent: never. */
  lastInboundAt?: number;
  /** The message that did not arrive, behind which its lane waits for a person. */
  blockedBy?: string;
  createdAt: number;
}

export interface MessageRow {
  id: string;
  direction: "out" | "in";
  channelId: string;
  /** The channel's, which may have been removed since. */
  platform: PlatformName;
  conversationId: string;
  /** `out`: the address as given to the platform; `in`: whom it came from. */
  address: string;
  content: Content | InboundContent;
  status: MessageStatus | "received" | "edited" | "deleted";
  createdAt: number;
  /** In lists and details: with whom it was said, in private. */
  contact?: Pick<ContactRow, "id" | "name" | "username">;
  /** `out`: of all its calls, in order, as far as the platform has told them; `in`: its own. */
  platformIds: string[];
  /** The rest is of outbound messages. */
  token?: string;
  metadata?: Record<string, string>;
  policy?: Policy;
  options?: RenderOptions;
  adaptation?: Adaptation;
  choices?: Choice[];
  /** Gateway time. */
  expiresAt?: number;
  onAmbiguous?: AmbiguityPolicy;
  onFailed?: FailurePolicy;
  problem?: PlatformProblem;
  /** Of the trace under which it was accepted. */
  trace?: string;
  /** When its content went, by age or with its contact: only ids, states and times are here. */
  erasedAt?: number;
  /** What is stored of it cannot be believed: nothing of its content, its address and its wishes is here. */
  isDamaged?: true;
}

/** A request with an Idempotency-Key. The key itself is not kept: it may name a person. */
export interface KeyedRequest {
  /** A hash of the API key's id, method, path and key. */
  scope: string;
  /** A hash of the body. */
  fingerprint: string;
  /** Gateway time: unknown from then on. */
  expiresAt: number;
  /** Absent: it is under way, or was cut short. */
  answer?: KeptAnswer;
  /** Of several on one store the node that works on it, as long as that lives. */
  node?: string;
}

/** What was answered, byte for byte. */
export interface KeptAnswer {
  status: number;
  contentType: string;
  body: string;
}

export interface CallRow {
  id: string;
  messageId: string;
  conversationId: string;
  channelId: string;
  position: number;
  call: Call;
  state: CallState;
  tries: number;
  /** How many of the tries left and were not answered. */
  unanswered: number;
  /** Gateway time: not to be tried before; of a `held` one, how long its lane waits. */
  dueAt: number;
  /** The platform refused it for its file's link alone: it goes on with the file itself. */
  isByUpload?: true;
  platformIds: string[];
  problem?: PlatformProblem;
  /** As of a message: this must not be sent. */
  isDamaged?: true;
}

/** How far a rate is used up: when its bucket is full again, in gateway time. `key` is the gateway's own name of it. */
export interface PaceRow {
  key: string;
  fullAt: number;
}

export interface CallAttempt {
  callId: string;
  at: number;
  endedAt: number;
  outcome: "accepted" | "retry" | "rejected" | "unknown";
  httpStatus?: number;
  problem?: PlatformProblem;
}

/** One line of a message's history. */
export interface StatusChange {
  status: string;
  at: number;
  /** `gateway`: we learned it from an answer, or the time did; `platform`: from a webhook; `person`: by request. */
  source: "gateway" | "platform" | "person";
  receipt?: Receipt;
  /** The platform named no message of ours: recipient, content and time fitted one that was not answered. */
  matchedBy?: "content";
  problem?: PlatformProblem;
}

export interface MessageDetail {
  message: MessageRow;
  calls: CallRow[];
  attempts: CallAttempt[];
  history: StatusChange[];
}

/** What waits: calls to leave, payloads to be read. */
export interface Backlog {
  queued: number;
  unread: number;
}

export interface PayloadRow {
  /** Grows with arrival. */
  id: number;
  channelId: string;
  receivedAt: number;
  body: string;
  trace?: string;
  /** Its checksum does not fit: nothing is left of the body. */
  isDamaged?: true;
}

/** What a provider posted to the one webhook of an app, for several channels. */
export interface AppPayloadRow {
  /** Grows with arrival. */
  id: number;
  appId: string;
  receivedAt: number;
  body: string;
  trace?: string;
  /** As of a channel's payload. */
  isDamaged?: true;
}

/** A part of an app's payload that reached no channel: nobody's, or of a channel that another app serves. */
export interface UnroutedPart {
  /** A pointer into the payload. */
  path: string;
  kind: "unknown" | "refused";
  reason: string;
}

export interface EventRow {
  /** Grows with insertion: the cursor of lists and of the stream. */
  position: number;
  event: Event;
}
