import type { Page, PageRequest } from "./paging.ts";
import type { ConversationRow, MessageDetail, MessageRow } from "./rows.ts";

export interface MessageFilter extends PageRequest {
  /** Those of these channels alone. */
  channelIds?: readonly string[];
  conversationId?: string;
  status?: string;
  direction?: "in" | "out";
}

/** What is shown. */
export interface ReadingStore {
  message(id: string): Promise<MessageDetail | undefined>;
  messages(filter: MessageFilter): Promise<Page<MessageRow>>;
  conversations(filter: PageRequest & { channelIds?: readonly string[] }): Promise<Page<ConversationRow>>;
  conversation(id: string): Promise<ConversationRow | undefined>;
}
