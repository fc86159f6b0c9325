import type { Moment } from "../core/clock.ts";
import type { PlatformEvent, UnknownPart } from "../core/platform.ts";
import type { Batch } from "./paging.ts";
import type { AppPayloadRow, MessageRow, PayloadRow, UnroutedPart } from "./rows.ts";

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

export interface Digest extends Moment {
  payloadId: number;
  events: DigestedEvent[];
  unknown: UnknownPart[];
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
  /** How many had been told before. */
  duplicates: number;
  /** Conversations of whose calls the platform has spoken: a lane may wait for that. */
  heard: string[];
  /** How long after their calls began the first words with a token came, in ms. */
  echoedAfterMs: number[];
}

/** What comes with a webhook: its signature, if it is signed, and the trace under which it is taken. */
export interface PostedWith {
  signature?: string;
  trace?: string;
}

/** Inbound: what platforms post, and what is read from it. */
export interface ReceivingStore {
  /** With `cursor`, the poll position that these payloads move the channel to, in the same transaction. */
  storePayloads(
    channelId: string,
    bodies: readonly (string | ({ body: string } & PostedWith))[],
    at: number,
    cursor?: number,
  ): Promise<void>;
  /** What a platform posted. */
  storeWebhook(channelId: string, body: string, at: number, more?: PostedWith): Promise<void>;
  storeAppPayload(appId: string, body: string, at: number, more?: PostedWith): Promise<void>;
  /** Payloads of an app that are not routed yet, oldest first. */
  unrouted(appId: string, batch: Batch): Promise<AppPayloadRow[]>;
  /** Hands the parts of an app's payload to their channels, once; `unknown_channel` when one has gone meanwhile. */
  route(routing: Routing): Promise<void>;
  /** How many parts reached no channel, by app. */
  unroutedParts(): Promise<ReadonlyMap<string, { unknown: number; refused: number }>>;
  pollCursor(channelId: string): Promise<number>;
  /** Payloads not digested, oldest first. */
  undigested(channelId: string, batch: Batch): Promise<PayloadRow[]>;
  /**
   * Nothing of a channel that was removed meanwhile. Fulfils when all that its watermarks reach is told, which is done
   * in parts: others' writes come between.
   */
  digest(digest: Digest): Promise<DigestResult>;
  /** Also one that was sent on an earlier, removed channel of the same account. */
  messageByToken(channelId: string, token: string): Promise<MessageRow | undefined>;
  messageByPlatformId(channelId: string, platformId: string): Promise<MessageRow | undefined>;
  /** The newest `location_request_message` of the conversation that no location has answered. */
  openLocationRequest(conversationId: string): Promise<MessageRow | undefined>;
  /** The newest 20 messages of the conversation whose request was never answered: they may be on the contact's screen. */
  unknownMessages(conversationId: string): Promise<MessageRow[]>;
}
