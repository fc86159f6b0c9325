import assert from "node:assert/strict";
import { randomUUIDv7 } from "node:crypto";
import type { Moment } from "../../core/clock.ts";
import type { Event, MessageReport } from "../../core/event.ts";
import type { PlatformEvent, PlatformName, UnknownPart } from "../../core/platform.ts";
import type { EndpointRow } from "../endpoint-rows.ts";
import { type Keyring, masterKey } from "../keyring.ts";
import type { DigestedEvent } from "../receiving.ts";
import type { ChannelRow, ContactRow } from "../rows.ts";
import type { NewMessage, Settlement } from "../sending.ts";
import type { Mint, Store } from "../store.ts";

/** One store under test, empty when it is opened. */
export interface Opened {
  store: Store;
  /** Closes it and opens the same data again. */
  reopen(): Promise<Store>;
  /** Whether a text stands anywhere in what is on disk, while the store is open. */
  holds(text: string): Promise<boolean>;
  /** Closes it and leaves nothing behind. */
  close(): Promise<void>;
  /** How another process opens the same data: `module` exports `openStore(argument)`. */
  place: { module: string; argument: string };
}

/** A behaviour, by its title. */
export type Cases = Record<string, (opened: Opened) => Promise<void>>;

export const mint: Mint = (prefix) => `${prefix}_${randomUUIDv7()}`;

/** Every store under test is sealed with this key. */
export const keyring: Keyring = {
  source: "the tests",
  read: () => [masterKey(new Uint8Array(32).map((_, index) => index))],
  make: () => assert.fail("there is a key"),
};

/** Every store under test has a window of one hour on WhatsApp and none on Telegram. */
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const windowMs = (platform: PlatformName) => (platform === "whatsapp" ? hourMs : null);

/** The tests' first instant; they count on from it. */
export const start = Date.UTC(2026, 0, 1);
/** Gateway time is somewhere else: a store that mixes the two up is found out. */
export const steadyOf = (at: number) => at - 5_000 * hourMs;
export const moment = (at: number): Moment => ({ at, steady: steadyOf(at) });
export const channelId = "channel-1";
export const problem = { code: "131047", message: "Outside the window." };

export function channel(change: Partial<ChannelRow> = {}): ChannelRow {
  return {
    id: channelId,
    platform: "whatsapp",
    naturalId: "1001",
    name: "Shop",
    credentials: { token: "t" },
    baseUrl: "http://127.0.0.1:1",
    simulated: true,
    webhookSecret: "secret",
    paused: false,
    createdAt: start,
    ...change,
  };
}

export function endpoint(change: Partial<EndpointRow> = {}): EndpointRow {
  return {
    id: "endpoint-1",
    url: "http://127.0.0.1:2/",
    secret: "whsec_AAAA",
    format: "antiphon",
    events: [],
    channels: [],
    ordered: false,
    enabled: true,
    createdAt: start,
    ...change,
  };
}

interface Sent {
  id: string;
  calls: string[];
  conversationId: string;
}
interface Sending {
  id?: string;
  to?: string;
  aliases?: string[];
  calls?: number;
  token?: string;
  at?: number;
  content?: NewMessage["message"]["content"];
  choices?: NewMessage["message"]["choices"];
  chat?: NewMessage["chat"];
  channelId?: string;
  keyed?: NewMessage["keyed"];
  trace?: string;
}

export function newMessage(sending: Sending = {}): NewMessage {
  const { to = "+1", at = start, calls = 1 } = sending;
  return {
    message: {
      id: sending.id ?? mint("msg"),
      channelId: sending.channelId ?? channelId,
      address: to,
      content: sending.content ?? { text: { body: "hello" } },
      createdAt: at,
      token: sending.token ?? mint("tok"),
      metadata: { order: "7" },
      policy: "lossless",
      adaptation: { fidelity: "native", steps: [] },
      ...(sending.trace !== undefined && { trace: sending.trace }),
      choices: sending.choices ?? [],
      expiresAt: steadyOf(at) + hourMs,
    },
    dueAt: steadyOf(at),
    calls: Array.from({ length: calls }, (_, index) => ({
      id: mint("call"),
      call: { method: "POST", path: "/messages", body: { index }, part: `part ${index + 1}` },
    })),
    chat: sending.chat ?? { id: to, type: "private" },
    aliases: sending.aliases ?? [to],
    keyed: sending.keyed,
  };
}

export async function send(store: Store, sending: Sending = {}): Promise<Sent> {
  const made = newMessage(sending);
  const message = await store.acceptMessage(made);
  return { id: message.id, calls: made.calls.map((call) => call.id), conversationId: message.conversationId };
}

/** Begins a call and settles it. */
export async function settle(
  store: Store,
  callId: string,
  outcome: Settlement["outcome"],
  more: Partial<Settlement> = {},
): Promise<void> {
  await store.beginCall(callId, moment(start + 1));
  await store.settleCall({ callId, startedAt: start + 1, at: start + 2, outcome, ...more });
}

export function accepted(...platformIds: string[]): Settlement["outcome"] {
  return { kind: "accepted", platformIds };
}

/** Stores a payload and digests these events of it. */
export async function digest(
  store: Store,
  events: (PlatformEvent | DigestedEvent)[],
  more: { at?: number; unknown?: UnknownPart[]; channelId?: string } = {},
) {
  const at = more.at ?? start + 10;
  await store.storePayloads(more.channelId ?? channelId, ["{}"], at);
  const [payload] = await store.undigested(more.channelId ?? channelId, { limit: 1, maxBytes: 1_000_000 });
  assert.ok(payload);
  return store.digest({
    payloadId: payload.id,
    ...moment(at),
    events: events.map((event) => ("event" in event ? event : { event, report: true })),
    unknown: more.unknown ?? [],
  });
}

type Receipt = Extract<PlatformEvent, { kind: "status" }>;
export function receipt(platformId: string, status: Receipt["status"], more: Partial<Receipt> = {}): Receipt {
  return { kind: "status", dedupeKey: `${platformId} ${status}`, platformId, status, ...more };
}

type Watermark = Extract<PlatformEvent, { kind: "watermark" }>;
/** All that was sent to contact 1 until then has arrived, or is read. */
export function watermark(
  status: Watermark["status"],
  until: number,
  more: Partial<Watermark> = {},
): Watermark {
  const place = { chat: { id: "1", type: "private" } as const, sender: { aliases: ["1"] } };
  return { kind: "watermark", dedupeKey: `${status} ${until}`, status, ...place, until, ...more };
}

type Received = Extract<PlatformEvent, { kind: "received" }>;
export function said(platformId: string, more: Partial<Received> = {}): Received {
  return {
    kind: "received",
    dedupeKey: platformId,
    chat: { id: "1", type: "private" },
    sender: { aliases: ["1"] },
    platformId,
    content: { type: "text", text: { body: platformId } },
    ...more,
  };
}

/** All events, oldest first. */
export async function eventsOf(store: Store): Promise<Event[]> {
  return (await store.eventsAfter(0, 10_000)).map((row) => row.event);
}

export async function typesOf(store: Store): Promise<string[]> {
  return (await eventsOf(store)).map((event) => event.type);
}

/** The person whom the channel knows by this alias. */
export async function contactOf(store: Store, alias: string): Promise<ContactRow | undefined> {
  return (await store.findConversation(channelId, { id: alias, type: "private" }, [alias]))?.contact;
}

export async function statusOf(store: Store, messageId: string): Promise<string | undefined> {
  return (await store.message(messageId))?.message.status;
}

export async function statesOf(store: Store, messageId: string): Promise<string[] | undefined> {
  return (await store.message(messageId))?.calls.map((call) => call.state);
}

export function reportIn(event: Event | undefined): MessageReport {
  assert.ok(event?.message);
  return event.message as MessageReport;
}

/** Every order of some items. */
export function permutations<Item>(items: Item[]): Item[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item, index) =>
    permutations(items.toSpliced(index, 1)).map((others) => [item, ...others]),
  );
}
