import { instantOf } from "../../core/clock.ts";
import type { Answer, Chat, Person } from "../../core/platform.ts";
import { readContent } from "./inbound-content.ts";
import { platformIdOf } from "./message-id.ts";
import { readChat, readPerson } from "./person.ts";
import { type Fields, objectAt, wholeAt } from "./read.ts";
import type { Reading } from "./reading.ts";

/** A message of a person: its place, its sender and its id. */
interface Origin {
  chat: Chat;
  sender: Person;
  platformId: string;
  at?: number;
}

export function readMessage(message: Fields): Reading {
  const origin = originOf(message, "date");
  if ("unknown" in origin) return origin;
  const content = readContent(message);
  if (!content) return { unknown: `a message of no known kind (${kindsOf(message)})` };
  const quotes = quotedIn(message, origin.chat.id);
  const answer: Answer | undefined =
    content.type === "location"
      ? { by: "open_request", ...(quotes ? { platformId: quotes } : {}) }
      : undefined;
  const event = { kind: "received", ...origin, content } as const;
  return { event: { ...event, ...(quotes ? { quotes } : {}), ...(answer ? { answer } : {}) } };
}

/** Also every tick of a live location. */
export function readEdited(message: Fields): Reading {
  const origin = originOf(message, "edit_date");
  if ("unknown" in origin) return origin;
  const content = readContent(message);
  if (!content) return { unknown: `an edited message of no known kind (${kindsOf(message)})` };
  return { event: { kind: "edited", ...origin, content } };
}

function originOf(message: Fields, dateField: string): Origin | { unknown: string } {
  const chat = readChat(objectAt(message, "chat"));
  const id = wholeAt(message, "message_id");
  if (!chat || id === undefined) return { unknown: "a message without its chat or its id" };
  // A channel's post in its discussion group, or an administrator who writes as the group.
  if (objectAt(message, "sender_chat")) return { unknown: "a message in the name of a chat" };
  const from = objectAt(message, "from");
  const sender = readPerson(from);
  if (!sender) return { unknown: "a message of nobody" };
  if (from?.is_bot === true) return { unknown: "a message of a bot" };
  const at = instantOf(message[dateField]) ?? instantOf(message.date);
  const platformId = platformIdOf(Number(chat.id), id);
  return { chat, sender, platformId, ...(at === undefined ? {} : { at }) };
}

/** In a forum every message quotes the one that opened its topic, which says nothing. */
function quotedIn(message: Fields, chatId: string): string | undefined {
  const quoted = objectAt(message, "reply_to_message");
  const id = quoted && wholeAt(quoted, "message_id");
  if (!quoted || id === undefined || "forum_topic_created" in quoted) return undefined;
  return platformIdOf(Number(chatId), id);
}

const frame = new Set(["message_id", "from", "chat", "date", "edit_date", "message_thread_id"]);

function kindsOf(message: Fields): string {
  const kinds = Object.keys(message).filter((key) => !frame.has(key));
  return kinds.slice(0, 5).join(", ").slice(0, 200) || "empty";
}
