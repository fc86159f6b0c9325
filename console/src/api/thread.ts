import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { messageEvents, seldomMs, useRefreshOf } from "../live/use-refresh.ts";
import type { List } from "./list.ts";
import type { Message, MessageCall } from "./messages.ts";
import { request } from "./request.ts";

/** A message with what was sent of it. */
export interface ThreadMessage extends Message {
  calls: Omit<MessageCall, "attempts">[];
}

const pageLength = 40;

type Pages = InfiniteData<List<ThreadMessage>, string | undefined>;

function readThread(conversation: string, cursor: string | undefined, signal: AbortSignal) {
  const query = new URLSearchParams({ conversation, limit: String(pageLength), include: "calls" });
  if (cursor !== undefined) query.set("cursor", cursor);
  return request<List<ThreadMessage>>(`/v1/messages?${query}`, { signal });
}

/** What was said in a conversation, oldest first; the newest part is looked at again when something happens. */
export function useThread(conversation: string) {
  const queries = useQueryClient();
  const key = useMemo(() => ["thread-pages", conversation], [conversation]);
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => readThread(conversation, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
  const newest = useQuery({
    queryKey: ["messages", "thread", conversation],
    queryFn: ({ signal }) => readThread(conversation, undefined, signal),
    refetchInterval: seldomMs,
    enabled: pages.isSuccess,
    retry: false,
  });
  useRefreshOf(["messages", "thread", conversation], messageEvents);
  useEffect(() => {
    if (newest.data) queries.setQueryData<Pages>(key, (before) => before && joined(before, newest.data));
  }, [queries, key, newest.data]);
  const messages = useMemo(
    () => pages.data?.pages.flatMap(({ data }) => data).toReversed() ?? [],
    [pages.data],
  );
  return { pages, messages };
}

/** Where the newest part does not reach what is loaded, the thread begins anew with it. */
function joined({ pages, pageParams }: Pages, newest: List<ThreadMessage>): Pages {
  const loaded = new Set(pages.flatMap(({ data }) => data.map(({ id }) => id)));
  const isGap = loaded.size > 0 && newest.data.length > 0 && !newest.data.some(({ id }) => loaded.has(id));
  if (isGap) return { pages: [newest], pageParams: [undefined] };
  const told = new Map(newest.data.map((message) => [message.id, message]));
  const [first, ...rest] = pages.map((page) => ({
    ...page,
    data: page.data.map((one) => told.get(one.id) ?? one),
  }));
  const fresh = newest.data.filter(({ id }) => !loaded.has(id));
  return first
    ? { pageParams, pages: [{ ...first, data: [...fresh, ...first.data] }, ...rest] }
    : { pages, pageParams };
}
