import type { Chat, Person } from "../../core/platform.ts";
import { compact, type Fields, textAt, wholeAt } from "./read.ts";

const chatTypes: ReadonlyMap<unknown, Chat["type"]> = new Map([
  ["private", "private"],
  ["group", "group"],
  ["supergroup", "group"],
  ["channel", "channel"],
]);

export function readChat(chat: Fields | undefined): Chat | undefined {
  const id = chat && wholeAt(chat, "id");
  const type = chatTypes.get(chat?.type);
  return id === undefined || type === undefined ? undefined : { id: String(id), type };
}

/** A user; in a private chat the id is the chat's too. */
export function readPerson(user: Fields | undefined): Person | undefined {
  const id = user && wholeAt(user, "id");
  if (!user || id === undefined) return undefined;
  const name = [textAt(user, "first_name"), textAt(user, "last_name")].filter(Boolean).join(" ");
  const language = /^[a-z]{2}(?![a-z])/i.exec(textAt(user, "language_code") ?? "")?.[0].toLowerCase();
  const known = compact({ name: name || undefined, username: textAt(user, "username"), language });
  return { aliases: [String(id)], ...known };
}
