import type { Event, EventType } from "../core/event.ts";
import type { Chat, Outcome, PlatformEvent, UnknownPart } from "../core/platform.ts";
import type { PlatformProblem } from "../core/problem.ts";
import type {
  AppPayloadRow,
  AppRow,
  Backlog,
  CallRow,
  ChannelRow,
  ConversationRow,
  DeliveryAttempt,
  DeliveryRow,
  DeliveryState,
  EndpointRow,
  EventRow,
  KeptAnswer,
  KeyedRequest,
  MessageDetail,
  MessageRow,
  PaceRow,
  PayloadRow,
  UnroutedPart,
} from "./rows.ts";

/** Mints an id that sorts by time: `mint("evt")` is `evt_…`. Handed in, so that the store is repeatable in tests. */
export type Mint = (prefix: string) => string;

export interface Page<Row> {
  rows: Row[];
  /** Pass as `after` to go on; null at the end. */
  next: string | null;
}
export interface PageRequest {
  limit: number;
  after?: string;
}

/** An accepted message and the calls that render made of it. Lane and contact are found or made on the way. */
export interface NewMessage {
  message: Omit<MessageRow, "conversationId" | "direction" | "platform" | "status" | "platformIds">;
  calls: { id: string; call: CallRow["call"] }[];
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
  /** It is sent again, not before `at`. */
  | { as: "resent"; at: number };
export type Unanswered = Verdict | { as: "held"; until: number };

/** What one call's attempt came to. The store derives the message's new status and writes its events. */
export interface Settlement {
  callId: string;
  at: number;
  startedAt: number;
  httpStatus?: number;
  outcome: Outcome;
  /**
   * With a `retry` outcome: when to try again; with one that is rejected as `isUnfetched`: when to go on by upload.
   * Absent: it would be too late then, which expires the message; or it had its tries, or is refused for good.
   */
  retryAt?: number;
  /** With an `unknown` outcome; absent: the call is `unknown` for good, unless the platform tells of it. */
  unanswered?: Unanswered;
  /** Pauses that the answer asks for. */
  paces?: readonly PaceRow[];
}

/** An inbound event with what only stored messages could add. */
export interface DigestedEvent {
  event: PlatformEvent;
  /** `received`: the content as the customer gets it (a pick spelled out from the stored message). */
  content?: { type: string; [object: string]: unknown };
  /** Our id of the message that is answered or quoted. */
  answersMessageId?: string;
  /** False: nothing stored can complete it yet. It is not told, and not marked as seen, so it may be told later. */
  report: boolean;
}

export interface Digest {
  payloadId: number;
  at: number;
  events: DigestedEvent[];
  unknown: UnknownPart[];
}

/** The first of what waits: at most so many, and no more bytes of bodies, but for the first alone. */
export interface Batch {
  limit: number;
  maxBytes: number;
}

/** Where the parts of an app's payload go: to channels, in their order, or nowhere. */
export interface Routing {
  appPayloadId: number;
  at: number;
  /** `body`: a payload that the channel's platform reads. */
  parts: { channelId: string; body: string }[];
  unrouted: UnroutedPart[];
}

/** A status event whose platform id nobody knows yet is parked, and joined when its call settles. */
export interface DigestResult {
  /** Indexes into `events` that were told; the others had been told before, or cannot be yet. */
  fresh: number[];
  /** Conversations of whose calls the platform has spoken: a lane may wait for that. */
  heard: string[];
  /** How long after their calls began the first words with a token came, in ms. */
  echoedAfterMs: number[];
}

export interface MessageFilter extends PageRequest {
  channelId?: string;
  conversationId?: string;
  status?: string;
  direction?: "in" | "out";
}
export interface EventFilter extends PageRequest {
  types?: EventType[];
  channelId?: string;
  conversationId?: string;
}
export interface DeliveryFilter extends PageRequest {
  endpointId?: string;
  state?: DeliveryState;
  eventId?: string;
}

export interface DueDeliveries {
  endpointId: string;
  now: number;
  limit: number;
  /** Left out: these deliveries, and first tries of these conversations. */
  except: { deliveries: ReadonlySet<string>; conversations: ReadonlySet<string> };
}

/**
 * Lists come newest first, and a page goes on below the last row it showed; only `eventsAfter` is oldest first.
 *
 * The store: intentions, each one transaction, durable when its promise fulfils. Everything that is asked for in
 * one turn of the event loop is committed together. Reads see every fulfilled write.
 */
export interface Store {
  // apps, channels, endpoints, settings
  addApp(app: AppRow): Promise<void>;
  updateApp(id: string, change: Partial<Pick<AppRow, "name" | "secrets">>): Promise<void>;
  /** Refused while it serves a channel. What it received stays; what was not routed yet is kept as unknown. */
  removeApp(id: string, at: number): Promise<void>;
  apps(): Promise<AppRow[]>;
  /** With `app`, that new app in the same transaction. */
  addChannel(channel: ChannelRow, app?: AppRow): Promise<void>;
  updateChannel(id: string, change: Partial<Omit<ChannelRow, "id" | "platform">>): Promise<void>;
  /** Its conversations, messages and events stay readable; pending calls are skipped, and payloads that wait are kept as unknown. */
  removeChannel(id: string, at: number): Promise<void>;
  channels(): Promise<ChannelRow[]>;
  addEndpoint(endpoint: EndpointRow): Promise<void>;
  updateEndpoint(id: string, change: Partial<Omit<EndpointRow, "id" | "createdAt">>): Promise<void>;
  /** Its pending deliveries end as `dead`. */
  removeEndpoint(id: string): Promise<void>;
  endpoints(): Promise<EndpointRow[]>;
  setting(key: string): Promise<string | undefined>;
  putSetting(key: string, value: string): Promise<void>;

  // requests with an Idempotency-Key; what has expired is unknown, and goes little by little as new ones come
  keyedRequest(scope: string, at: number): Promise<KeyedRequest | undefined>;
  /** Before its work begins. `idempotency_key_in_use`: it is known. */
  claimKey(request: KeyedRequest, at: number): Promise<void>;
  /** After it; `conflict` unless it was claimed and not answered. */
  keepAnswer(scope: string, answer: KeptAnswer): Promise<void>;
  /** Its work came to nothing: forgotten, unless it was answered. */
  releaseKey(scope: string): Promise<void>;

  // outbound
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
   * is `held` the platform's word or its end: nothing of the lane leaves before that is stored.
   */
  headCall(conversationId: string): Promise<{ call: CallRow; message: MessageRow } | undefined>;
  /** When the newest accepted call of a lane began, while the platform has reported nothing of it. */
  unreportedSince(conversationId: string): Promise<number | undefined>;
  /** Ends the head of a lane that is damaged, believing nothing of it; its message fails as `corrupt`. */
  quarantineHead(conversationId: string, at: number): Promise<void>;
  /**
   * The intent: committed before a byte leaves. Sets `sending`, counts the try; refuses a call that is not queued.
   * `paces` are the rates that it uses, so that a restart knows what has left.
   */
  beginCall(callId: string, at: number, paces?: readonly PaceRow[]): Promise<void>;
  /** Those that are not full again before `after`. */
  paces(after: number): Promise<PaceRow[]>;
  /** Drops those that are full again by then. */
  forgetPaces(until: number): Promise<void>;
  /** After a rejected or unknown call the rest of its message is `skipped`: a half unknown message never goes on. */
  settleCall(settlement: Settlement): Promise<void>;
  /** Ends the wait for a held call, or for one that is to be sent again. Nothing, where it was told of meanwhile. */
  endHold(callId: string, verdict: Verdict, at: number): Promise<void>;
  /** What of a message waits is too late: it becomes `expired`. */
  expireMessage(messageId: string, problem: PlatformProblem, at: number): Promise<void>;
  /** Takes back a message of which nothing has left; `conflict` where something may have. */
  cancelMessage(messageId: string, at: number): Promise<void>;
  /**
   * A person says what became of an `unknown` message; `resend` sends its unanswered call and what follows it again,
   * with the time that it had at first. `conflict` for a message that is not unknown.
   */
  resolveMessage(messageId: string, outcome: "sent" | "failed" | "resend", at: number): Promise<void>;
  /** After a start: the calls that a crash left `sending`, each to be settled by what is known of it. */
  interrupted(): Promise<{ call: CallRow; message: MessageRow; startedAt: number }[]>;

  // inbound
  /** With `cursor`, the poll position that these payloads move the channel to, in the same transaction. */
  storePayloads(channelId: string, bodies: string[], at: number, cursor?: number): Promise<void>;
  storeAppPayload(appId: string, body: string, at: number): Promise<void>;
  /** Payloads of an app that are not routed yet, oldest first. */
  unrouted(appId: string, batch: Batch): Promise<AppPayloadRow[]>;
  /** Hands the parts of an app's payload to their channels, once; `unknown_channel` when one has gone meanwhile. */
  route(routing: Routing): Promise<void>;
  /** How many parts reached no channel, by app. */
  unroutedParts(): Promise<ReadonlyMap<string, { unknown: number; refused: number }>>;
  pollCursor(channelId: string): Promise<number>;
  /** Payloads not digested, oldest first. */
  undigested(channelId: string, batch: Batch): Promise<PayloadRow[]>;
  /** Nothing of a channel that was removed meanwhile. */
  /** Fulfils when all that its watermarks reach is told, which is done in parts: others' writes come between. */
  digest(digest: Digest): Promise<DigestResult>;
  /** Also one that was sent on an earlier, removed channel of the same account. */
  messageByToken(channelId: string, token: string): Promise<MessageRow | undefined>;
  messageByPlatformId(channelId: string, platformId: string): Promise<MessageRow | undefined>;
  /** The newest `location_request_message` of the conversation that no location has answered. */
  openLocationRequest(conversationId: string): Promise<MessageRow | undefined>;
  /** The newest 20 messages of the conversation whose request was never answered: they may be on the contact's screen. */
  unknownMessages(conversationId: string): Promise<MessageRow[]>;

  // events and deliveries
  /** An event of no conversation (`channel.*`, `endpoint.*`); delivered like any other, or to one endpoint only. */
  addEvent(event: Omit<Event, "id">, only?: { endpointId: string }): Promise<Event>;
  events(filter: EventFilter): Promise<Page<EventRow>>;
  /** Events after a position, oldest first, for the stream. */
  eventsAfter(position: number, limit: number): Promise<EventRow[]>;
  lastEventPosition(): Promise<number>;
  event(id: string): Promise<Event | undefined>;
  /** Pending deliveries of an endpoint that are due, in the order of their events. */
  dueDeliveries(wish: DueDeliveries): Promise<DeliveryRow[]>;
  /** When the earliest pending delivery of an endpoint is due that is not due at `after`. */
  nextDeliveryAt(endpointId: string, after: number): Promise<number | undefined>;
  recordAttempt(
    deliveryId: string,
    attempt: DeliveryAttempt,
    next: { state: DeliveryState; dueAt?: number },
  ): Promise<void>;
  /** Makes a delivery pending and due again. */
  retryDelivery(id: string, at: number): Promise<DeliveryRow | undefined>;
  deliveries(filter: DeliveryFilter): Promise<Page<DeliveryRow>>;
  delivery(id: string): Promise<DeliveryRow | undefined>;

  // reading
  message(id: string): Promise<MessageDetail | undefined>;
  messages(filter: MessageFilter): Promise<Page<MessageRow>>;
  conversations(filter: PageRequest & { channelId?: string }): Promise<Page<ConversationRow>>;
  conversation(id: string): Promise<ConversationRow | undefined>;
  /** For `/metrics` and the invariant accepted = queued + in flight + terminal. */
  counts(): Promise<{
    messages: Record<string, number>;
    calls: Record<string, number>;
    deliveries: Record<string, number>;
    payloads: { undigested: number; unknownParts: number; unrouted: number };
    unroutedParts: { unknown: number; refused: number };
  }>;

  /** What waits of a channel, and of all that are connected (with the payloads of apps); costs the same however much. */
  backlog(channelId: string): Promise<{ channel: Backlog; all: Backlog }>;
  /** Why nothing can be stored now, as a sentence; undefined: it can. After a refusal, by trying. */
  refusal(): Promise<string | undefined>;

  /** Resolves when everything asked for is committed; the file is then unlocked. */
  close(): Promise<void>;
}
