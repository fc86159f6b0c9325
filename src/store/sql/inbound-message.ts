import type { InboundMessage } from "../../core/event.ts";
import { type InboundContent, kindOf } from "../../core/message.ts";
import type { Person, UnknownPart } from "../../core/platform.ts";
import type { DigestedEvent } from "../receiving.ts";
import { sized } from "../redaction.ts";
import { inboundMessage } from "../report.ts";
import type { MessageRow } from "../rows.ts";
import { reseal } from "./checksum.ts";
import { joinAliases, learn, resolveContact, resolvePerson } from "./contacts.ts";
import { laneOf, readConversation, resolveConversation } from "./conversations.ts";
import type { Work } from "./db.ts";
import { tell } from "./events.ts";
import { byPlatformId, claimPlatformId, insertMessage, readMessage } from "./messages.ts";
import { digestTap } from "./receipt.ts";
import type { EventOf, Setting } from "./setting.ts";

const deleted: InboundContent = { type: "deleted" };

/** Who spoke, and in which conversation. */
interface Spoken {
  conversationId: string;
  speakerId: string;
  from: string;
}

export function* digestReceived(
  setting: Setting,
  event: EventOf<"received">,
  { content = event.content, answersMessageId }: DigestedEvent,
): Work<UnknownPart | undefined> {
  const { db, at } = setting;
  const answered = answersMessageId === undefined ? undefined : yield* readMessage(db, answersMessageId);
  if (!event.chat && !answered) return { path: "", reason: "an answer to a message that is not known" };
  if (!content) return { path: "", reason: "a pick from a message that is not known" };
  const { chat, sender } = event;
  const spoken = chat
    ? yield* hear(setting, { chat, sender })
    : yield* hearIn(setting, answered?.conversationId ?? "", sender);
  const saidAt = event.at ?? at;
  yield* renewWindow(setting, spoken, saidAt);
  if (answered) yield* digestTap(setting, event);
  // What another app is to answer settles nothing of ours.
  if (content.type === "location" && answered && !event.standby)
    yield* db.update("messages", answered.id, { open_request: null });
  const known = yield* inboundOf(setting, event.platformId);
  // A deleted message stays deleted, also when the deletion came first.
  if (known?.status === "deleted") return;
  const id = known?.id ?? (yield* keep(setting, spoken, { event, content, status: "received" }));
  const quoted = quotedIn(event);
  // Samples of Meta's give a message the id that it quotes; it is no answer to itself.
  const isNamed = quoted !== undefined && quoted !== event.platformId;
  const target = answered ?? (isNamed ? yield* stored(setting, quoted) : undefined);
  yield* tellOf(setting, spoken, {
    type: event.standby ? "message.standby" : "message.received",
    message: { id, platformId: event.platformId, at: saidAt, content, context: contextOf(target, quoted) },
  });
}

export function* digestEdit(setting: Setting, event: EventOf<"edited">): Work<void> {
  const spoken = yield* hear(setting, event);
  const known = yield* inboundOf(setting, event.platformId);
  if (known?.status === "deleted") return;
  const { content } = event;
  const saidAt = event.at ?? setting.at;
  const id = known?.id ?? (yield* keep(setting, spoken, { event, content, status: "edited" }));
  // Platforms promise no order: an edit that comes late is told, and takes nothing back from a later one.
  yield* setting.db.run(
    "UPDATE messages SET content = ?, kind = ?, status = 'edited', edited_at = ?, erased_at = NULL WHERE id = ? AND coalesce(edited_at, 0) <= ?",
    JSON.stringify(content),
    kindOf(content),
    saidAt,
    id,
    saidAt,
  );
  yield* reseal(setting.db, "messages", { column: "id", key: id });
  const message = { id, platformId: event.platformId, at: saidAt, content };
  yield* tellOf(setting, spoken, { type: event.standby ? "message.standby" : "message.edited", message });
}

export function* digestDeletion(setting: Setting, event: EventOf<"deleted">): Work<void> {
  const spoken = yield* hear(setting, event);
  const known = yield* inboundOf(setting, event.platformId);
  if (known) {
    const content = sized(JSON.stringify(deleted), JSON.stringify(known.content));
    yield* setting.db.update("messages", known.id, { content, kind: kindOf(deleted), status: "deleted" });
    yield* reseal(setting.db, "messages", { column: "id", key: known.id });
  }
  const id = known?.id ?? (yield* keep(setting, spoken, { event, content: deleted, status: "deleted" }));
  const told = event.standby ? { ...deleted, standby: true } : deleted;
  const message = { id, platformId: event.platformId, at: event.at ?? setting.at, content: told };
  // On standby too: whoever was told the message has to erase it.
  yield* tellOf(setting, spoken, { type: "message.deleted", message });
}

export function* digestReaction(setting: Setting, event: EventOf<"reaction">): Work<void> {
  const spoken = yield* hear(setting, event);
  const target = yield* stored(setting, event.target);
  const content = {
    type: "reaction",
    reaction: { message_id: target?.id ?? event.target, emoji: event.emoji },
  };
  const id = yield* keep(setting, spoken, { event, content, status: "received" });
  const saidAt = event.at ?? setting.at;
  if (event.renewsWindow) yield* renewWindow(setting, spoken, saidAt);
  const context = contextOf(target, event.target);
  const message = { id, platformId: event.platformId, at: saidAt, content, context };
  yield* tellOf(setting, spoken, { type: event.standby ? "message.standby" : "message.reaction", message });
}

function* renewWindow({ db }: Setting, { conversationId }: Spoken, saidAt: number): Work<void> {
  yield* db.run(
    "UPDATE conversations SET last_inbound_at = ? WHERE id = ? AND (last_inbound_at IS NULL OR last_inbound_at < ?)",
    saidAt,
    conversationId,
    saidAt,
  );
}

/** Finds or makes contact and conversation, and learns what the platform tells of the person. */
function* hear(
  { db, channelId, at }: Setting,
  { chat, sender }: { chat: EventOf<"edited">["chat"]; sender: Person },
): Work<Spoken> {
  const aliases = sender.aliases.length > 0 ? sender.aliases : [chat.id];
  const speaker = yield* resolvePerson(db, { channelId, aliases, first: true });
  yield* learn(db, speaker.id, sender);
  const known = chat.type === "private" ? speaker.lane : null;
  const conversationId =
    known ?? (yield* resolveConversation(db, { channelId, chat, aliases, first: true }, at));
  return { conversationId, speakerId: speaker.id, from: aliases[0] ?? chat.id };
}

/** The platform told only the person: the conversation is that of the message answered. */
function* hearIn({ db, channelId }: Setting, answeredIn: string, sender: Person): Work<Spoken> {
  const conversationId = (yield* laneOf(db, answeredIn)) ?? answeredIn;
  const contactId = (yield* readConversation(db, conversationId))?.contact?.id;
  const naming = { channelId, aliases: sender.aliases };
  const speakerId = contactId ? yield* joinAliases(db, contactId, naming) : yield* resolveContact(db, naming);
  yield* learn(db, speakerId, sender);
  return {
    conversationId: (yield* laneOf(db, conversationId)) ?? conversationId,
    speakerId,
    from: sender.aliases[0] ?? "",
  };
}

function* keep(
  { db, channelId, at, payloadId }: Setting,
  spoken: Spoken,
  said: {
    event: { platformId: string; at?: number };
    content: InboundContent;
    status: "received" | "edited" | "deleted";
  },
): Work<string> {
  const id = db.mint("msg");
  yield* insertMessage(db, {
    id,
    direction: "in",
    channelId,
    conversationId: spoken.conversationId,
    address: spoken.from,
    content: said.content,
    status: said.status,
    createdAt: said.event.at ?? at,
    platformIds: [said.event.platformId],
    payloadId,
  });
  yield* claimPlatformId(db, said.event.platformId, { channelId, messageId: id, callId: null });
  return id;
}

function* stored({ db, channelId }: Setting, platformId: string): Work<MessageRow | undefined> {
  const found = yield* byPlatformId(db, channelId, platformId);
  return found && (yield* readMessage(db, found.message_id));
}

/** Only what a contact sent can be edited or deleted by them; what they say anew of what was erased with them is new. */
function* inboundOf(setting: Setting, platformId: string): Work<MessageRow | undefined> {
  const message = yield* stored(setting, platformId);
  const isForgotten = message?.erasedAt !== undefined && message.platformIds.length === 0;
  return message?.direction === "in" && !isForgotten ? message : undefined;
}

function quotedIn({ quotes, answer }: EventOf<"received">): string | undefined {
  return answer && "platformId" in answer && answer.platformId !== undefined ? answer.platformId : quotes;
}

function contextOf(target: MessageRow | undefined, quoted: string | undefined): InboundMessage["context"] {
  const platformId = quoted ?? target?.platformIds[0];
  if (!target && platformId === undefined) return undefined;
  return {
    ...(target && { id: target.id }),
    ...(platformId !== undefined && { platform_id: platformId }),
    ...(target?.metadata && { metadata: target.metadata }),
  };
}

function* tellOf(
  { db, at }: Setting,
  { conversationId, speakerId, from }: Spoken,
  {
    type,
    message,
  }: {
    type: "message.received" | "message.standby" | "message.edited" | "message.deleted" | "message.reaction";
    message: Omit<Parameters<typeof inboundMessage>[0], "from">;
  },
): Work<void> {
  yield* tell(db, { type, conversationId, at, speakerId, message: inboundMessage({ ...message, from }) });
}
