import type { Page, PageRequest } from "./paging.ts";
import type { CallRow, ConversationRow, MessageDetail, MessageRow } from "./rows.ts";

export interface MessageFilter extends PageRequest {
  /** Those of these channels alone. */
  channelIds?: readonly string[];
  conversationId?: string;
  /** A contact's id, or one of their addresses as the channel knows it: what was said with them in private. */
  contact?: string;
  status?: string;
  direction?: "in" | "out";
  /** As `kindOf` tells it. */
  kind?: string;
  /** Said then or later, and before then, by the time that the message has: then the list goes by that time. */
  since?: number;
  until?: number;
  /** What stands in its words: see `core/search.ts`. */
  text?: string;
}

export interface ConversationFilter extends PageRequest {
  channelIds?: readonly string[];
  /** `created`, if absent: the newest conversation first; `activity`: the one with the newest message. */
  order?: "created" | "activity";
  /** What stands in the name, the username or an address. */
  text?: string;
}

export interface ListedConversation extends ConversationRow {
  /** The last that was said, either way. */
  lastMessage?: MessageRow;
}

/**
 * What is shown. A list looks at a bounded number of rows for one page, so that a filter that fits little holds nobody
 * up: a page may then have fewer rows than asked for, even none, and still a `next`.
 */
export interface ReadingStore {
  message(id: string): Promise<MessageDetail | undefined>;
  /** The calls of some messages, in order, by the messages' ids. */
  callsOf(messageIds: readonly string[]): Promise<Map<string, CallRow[]>>;
  messages(filter: MessageFilter): Promise<Page<MessageRow>>;
  conversations(filter: ConversationFilter): Promise<Page<ListedConversation>>;
  conversation(id: string): Promise<ListedConversation | undefined>;
}
