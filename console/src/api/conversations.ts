import { useQuery } from "@tanstack/react-query";
import type { PlatformName } from "../../../src/core/platform.ts";
import { messageEvents, seldomMs, useRefreshOf } from "../live/use-refresh.ts";
import { useChanging } from "./changing.ts";
import type { List } from "./list.ts";
import type { Message, Person } from "./messages.ts";
import { request } from "./request.ts";

/** Of `GET /v1/conversations`; docs/api.md says what the fields mean. */
export interface Conversation {
  id: string;
  channel: string;
  platform: PlatformName;
  chat: { id: string; type: "private" | "group" | "channel" };
  contact?: Person & { addresses: string[]; blocked: boolean };
  lane: { state: "open" | "blocked"; by?: string };
  window: { state: "open" | "closed" | "none"; closes_at?: string };
  last_inbound_at?: string;
  last_message?: Pick<Message, "id" | "direction" | "status" | "type" | "content" | "created_at">;
  created_at: string;
}

export interface ConversationFilter {
  channel?: string;
  text?: string;
}

export function readConversations(
  filter: ConversationFilter,
  page: { cursor?: string; limit: number },
  signal?: AbortSignal,
) {
  const given = Object.entries({ ...filter, order: "activity", ...page });
  const query = new URLSearchParams(
    given.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]])),
  );
  return request<List<Conversation>>(`/v1/conversations?${query}`, { signal });
}

export function useConversation(id: string | undefined) {
  useRefreshOf(["conversation", id], messageEvents);
  return useQuery({
    queryKey: ["conversation", id],
    queryFn: ({ signal }) =>
      request<Conversation>(`/v1/conversations/${encodeURIComponent(id ?? "")}`, { signal }),
    enabled: id !== undefined,
    refetchInterval: seldomMs,
  });
}

export const exportHref = (contact: string) => `/v1/contacts/${encodeURIComponent(contact)}/export`;

export function useEraseContact(id: string) {
  return useChanging(
    ["conversations", "conversation", "messages", "message", "message-pages", "thread-pages"],
    () => request<unknown>(`/v1/contacts/${encodeURIComponent(id)}`, { method: "DELETE" }),
  );
}
