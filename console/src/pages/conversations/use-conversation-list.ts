import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Conversation, type ConversationFilter, readConversations } from "../../api/conversations.ts";
import { messageEvents, seldomMs, useRefreshOf } from "../../live/use-refresh.ts";

const pageLength = 50;

/** Conversations by activity; who says something comes up at once, and stands there only once. */
export function useConversationList(filter: ConversationFilter) {
  const pages = useInfiniteQuery({
    queryKey: ["conversations", "pages", filter],
    queryFn: ({ pageParam, signal }) =>
      readConversations(filter, { cursor: pageParam, limit: pageLength }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const newest = useQuery({
    queryKey: ["conversations", "newest", filter],
    queryFn: ({ signal }) => readConversations(filter, { limit: pageLength }, signal),
    refetchInterval: seldomMs,
    enabled: pages.isSuccess,
    retry: false,
  });
  useRefreshOf(["conversations", "newest"], messageEvents);
  const rows = useMemo(() => {
    const all = [...(newest.data?.data ?? []), ...(pages.data?.pages.flatMap(({ data }) => data) ?? [])];
    const first = new Map<string, Conversation>();
    for (const one of all) if (!first.has(one.id)) first.set(one.id, one);
    return [...first.values()];
  }, [newest.data, pages.data]);
  return { ...pages, rows };
}
