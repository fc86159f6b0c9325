import type { PlatformName } from "../../../src/core/platform.ts";
import type { Conversation } from "../api/conversations.ts";
import type { Message } from "../api/messages.ts";
import { texts } from "../texts/texts.ts";

interface Named {
  name?: string;
  username?: string;
  /** What the platform calls them, where it tells no name. */
  address?: string;
  platform?: PlatformName;
}

/** Ids that a platform makes for one page or account say nothing, and differ in their end: so much of it is told, where no narrow column cuts it. */
const endLength = 6;
const tellsNothing: readonly string[] = ["messenger", "instagram"];

/** What a person is called. One without a name is told from another by the end of their id and the platform. */
export function personName({ name, username, address = "", platform }: Named): string {
  if (name ?? username) return name ?? username ?? "";
  if (!platform || !tellsNothing.includes(platform) || address.length <= endLength) return address;
  return `…${address.slice(-endLength)} · ${texts.platforms[platform]}`;
}

/** With whom a conversation is. */
export function nameOf({ contact, chat, platform }: Conversation): string {
  return personName({ ...contact, address: contact?.addresses[0] ?? chat.id, platform });
}

/** Whom a message went to or came from. */
export function personOf({ contact, to, from, platform, erased_at }: Message): string {
  return (
    personName({ ...contact, address: to || from, platform }) ||
    (erased_at ? texts.messages.types.erased : "")
  );
}
