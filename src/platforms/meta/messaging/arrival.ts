import type { Chat, Person } from "../../../core/platform.ts";
import type { Fields } from "../read.ts";

/** Whose webhooks are read. */
export interface Account {
  object: "page" | "instagram";
  /** What it is called in a reason: `page`. */
  title: string;
  /** The Page's or the professional account's own id; what names another is not this channel's. */
  id: string | undefined;
  /** The app's id at Meta: an echo tells which app sent. */
  appId: string | undefined;
  /** What an echo of ours is known by. */
  echoes: "token" | "content";
}

/** One part of an event, with who sent it to whom and when. */
export interface Arrival {
  part: Fields;
  from: string;
  to: string;
  account: Account;
  /** Milliseconds by Meta's clock, where it is a time at all. */
  at?: number;
  /** The same as it came, or when the webhook was made: for keys. */
  time: string;
}

/** The fields of every event that a contact caused. */
export function fromContact({ from, at }: Arrival): { at?: number; chat: Chat; sender: Person } {
  return { ...timeOf({ at }), chat: { id: from, type: "private" }, sender: { aliases: [from] } };
}

export function timeOf({ at }: { at?: number | undefined }): { at?: number } {
  return at === undefined ? {} : { at };
}

/** True for what the account did itself: a person's answer in the inbox, a tap on its own advertisement. */
export function isOwn({ part, from, account }: Arrival): boolean {
  return part.is_self === true || (account.id !== undefined && from === account.id);
}
