import type { PlatformEvent, UnknownPart } from "../../core/platform.ts";
import { GatewayError } from "../../core/problem.ts";
import type { Digest, DigestedEvent, DigestResult } from "../receiving.ts";
import { isConnected } from "./channel-lookup.ts";
import { findContact, forgetAliases, learn, resolveContact } from "./contacts.ts";
import { resolveConversation } from "./conversations.ts";
import type { Db, Work } from "./db.ts";
import { digestEcho } from "./digest-echo.ts";
import { digestWatermark } from "./digest-watermark.ts";
import { traceMessage } from "./erasure.ts";
import { tell } from "./events.ts";
import { forgottenIn, stripForgotten } from "./forgotten.ts";
import { digestDeletion, digestEdit, digestReaction, digestReceived } from "./inbound-message.ts";
import { digestReceipt } from "./receipt.ts";
import type { EventOf, Setting } from "./setting.ts";
import { absolve } from "./suspects.ts";

/**
 * Reads a payload's events in one transaction. Each dedupe key is told once per channel for ever, also over a
 * restart; a payload that is digested again (a parser learned something) yields only what was not seen.
 */
export function* digest(db: Db, { payloadId, at, steady, events, unknown }: Digest): Work<DigestResult> {
  const payload = yield* db.one<{ channel_id: string }>(
    "SELECT channel_id FROM payloads WHERE id = ?",
    payloadId,
  );
  if (!payload) throw new GatewayError("not_found", `There is no payload ${payloadId}.`);
  const learned = { heard: [], echoedAfterMs: [] };
  // It was removed while its payload was read: its last event was that.
  if (!(yield* isConnected(db, payload.channel_id))) return { fresh: [], duplicates: 0, ...learned };
  const setting: Setting = {
    db,
    channelId: payload.channel_id,
    at,
    steady,
    payloadId,
    learned,
    strangers: new Set(),
  };
  const parts = [...unknown];
  const fresh: number[] = [];
  const repeated: number[] = [];
  const forgotten = yield* forgottenIn(setting);
  for (const name of forgotten.names) setting.strangers.add(name);
  for (const [index, digested] of events.entries()) {
    if (forgotten.said(digested.event)) {
      if (!(yield* isSeen(setting, digested.event.dedupeKey)))
        yield* markSeen(setting, digested.event.dedupeKey);
      continue;
    }
    // Only what was told is marked: what nothing stored can complete yet may be told when it is digested again.
    if (!digested.report) continue;
    if (yield* isSeen(setting, digested.event.dedupeKey)) {
      repeated.push(index);
      continue;
    }
    const part = yield* digestEvent(setting, digested);
    if (part) {
      parts.push(part);
      continue;
    }
    yield* markSeen(setting, digested.event.dedupeKey);
    fresh.push(index);
  }
  yield* keepUnknown(setting, parts);
  for (const platformId of new Set(events.flatMap(({ event }) => contentOf(event))))
    yield* traceMessage(setting, platformId);
  yield* stripForgotten(setting, events, { fresh, repeated });
  yield* db.run("UPDATE payloads SET digested_at = ? WHERE id = ?", at, payloadId);
  yield* absolve(db, "payload", payloadId);
  return { fresh, duplicates: repeated.length, ...learned };
}

/** The message whose content the event holds, or takes back; also of an event that was told before. */
function contentOf(event: PlatformEvent): string[] {
  return event.kind === "received" || event.kind === "edited" || event.kind === "deleted"
    ? [event.platformId]
    : [];
}

function* isSeen({ db, channelId }: Setting, dedupeKey: string): Work<boolean> {
  const sql = "SELECT 1 FROM seen WHERE channel_id = ? AND dedupe_key = ?";
  return (yield* db.one(sql, channelId, db.keyed(dedupeKey))) !== undefined;
}

function* markSeen({ db, channelId, at }: Setting, dedupeKey: string): Work<void> {
  yield* db.insert("seen", { channel_id: channelId, dedupe_key: db.keyed(dedupeKey), at });
}

function* keepUnknown({ db, channelId, payloadId }: Setting, parts: UnknownPart[]): Work<void> {
  yield* db.run("DELETE FROM unknown_parts WHERE payload_id = ?", payloadId);
  for (const { path, reason } of parts)
    yield* db.insert("unknown_parts", { channel_id: channelId, payload_id: payloadId, path, reason });
}

/** Gives the part that it makes unknown, if nothing stored can complete it. */
function* digestEvent(setting: Setting, digested: DigestedEvent): Work<UnknownPart | undefined> {
  const { event } = digested;
  switch (event.kind) {
    case "received":
      return yield* digestReceived(setting, event, digested);
    case "edited":
      yield* digestEdit(setting, event);
      return;
    case "deleted":
      yield* digestDeletion(setting, event);
      return;
    case "reaction":
      yield* digestReaction(setting, event);
      return;
    case "status":
      yield* digestReceipt(setting, event);
      return;
    case "watermark":
      yield* digestWatermark(setting, event);
      return;
    case "blocked":
    case "unblocked":
      yield* digestBlock(setting, event);
      return;
    case "renamed":
      yield* digestRenaming(setting, event);
      return;
    case "echo":
      yield* digestEcho(setting, event);
      return;
  }
}

function* digestBlock({ db, channelId, at }: Setting, event: EventOf<"blocked" | "unblocked">): Work<void> {
  const { chat, sender } = event;
  const conversationId = yield* resolveConversation(
    db,
    { channelId, chat, aliases: sender.aliases, first: true },
    at,
  );
  const aliases = sender.aliases.length > 0 ? sender.aliases : [chat.id];
  const contactId = yield* resolveContact(db, { channelId, aliases });
  yield* learn(db, contactId, sender);
  yield* db.update("contacts", contactId, { blocked: Number(event.kind === "blocked") });
  yield* tell(db, { type: `contact.${event.kind}`, conversationId, at, speakerId: contactId });
}

/**
 * Someone we never met under the old names is met under the new ones when they write. The old ones are given up:
 * operators hand out a number again, and its next owner must not be taken for this contact.
 */
function* digestRenaming({ db, channelId }: Setting, { sender, formerly }: EventOf<"renamed">): Work<void> {
  const aliases = [...sender.aliases, ...formerly];
  if (!(yield* findContact(db, { channelId, aliases }))) return;
  const contactId = yield* resolveContact(db, { channelId, aliases, first: true });
  yield* learn(db, contactId, sender);
  const gone = formerly.filter((alias) => !sender.aliases.includes(alias));
  yield* forgetAliases(db, contactId, { channelId, aliases: gone });
}
