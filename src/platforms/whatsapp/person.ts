import { instantOf } from "../../core/clock.ts";
import { isObject } from "../../core/json.ts";
import type { Chat, Person } from "../../core/platform.ts";
import { textOf } from "../meta/read.ts";
import { addressOf, aliasOf } from "./address.ts";

/** Every name of a person among `ids`, without repetition; the phone first, where Meta tells it. */
export function aliasesOf(...ids: (string | undefined)[]): string[] {
  return [...new Set(ids.filter((id) => id !== undefined).map(aliasOf))];
}

/** The contacts of a change by each of their ids: a webhook may have thousands of them beside thousands of messages. */
export type Contacts = ReadonlyMap<string, unknown>;

export function contactsOf({ contacts }: Record<string, unknown>): Contacts {
  const byId = new Map<string, unknown>();
  for (const contact of Array.isArray(contacts) ? contacts : [])
    for (const id of contactIds(contact)) if (!byId.has(id)) byId.set(id, contact);
  return byId;
}

/** Who wrote a message: its own ids, and the contact beside it that shares one of them (never by position). */
export function senderOf(message: unknown, contacts: Contacts): Person | undefined {
  const own = aliasesOf(
    textOf(message, "from"),
    textOf(message, "from_user_id"),
    textOf(message, "from_parent_user_id"),
  );
  if (own.length === 0) return undefined;
  const contact = own.map((id) => contacts.get(id)).find((found) => found !== undefined);
  const profile = isObject(contact) ? contact.profile : undefined;
  const name = textOf(profile, "name");
  const username = textOf(profile, "username")?.replace(/^@/, "");
  const aliases = [...new Set([...own, ...contactIds(contact)])];
  // A phone number is the better address: writing to it keeps it in the webhooks.
  aliases.sort((left, right) => Number(/^\d/.test(right)) - Number(/^\d/.test(left)));
  return { aliases, ...(name && { name }), ...(username && { username }) };
}

function contactIds(contact: unknown): string[] {
  return aliasesOf(textOf(contact, "wa_id"), textOf(contact, "user_id"), textOf(contact, "parent_user_id"));
}

/** Where a message was written: its group, or the person's own chat. */
export function chatOf(message: unknown, sender: Person): Chat {
  const group = textOf(message, "group_id");
  return group ? { id: group, type: "group" } : { id: addressOf(sender.aliases[0]!), type: "private" };
}

/** Milliseconds, of the seconds that Meta writes as text. */
export function timeOf(part: Record<string, unknown>): { at?: number } {
  const { timestamp } = part;
  const seconds =
    typeof timestamp === "string" && /^\d{1,11}$/.test(timestamp) ? Number(timestamp) : timestamp;
  const at = instantOf(seconds);
  return at === undefined ? {} : { at };
}
