import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo } from "react";
import type { List } from "../../api/list.ts";
import { type Message, type MessageFilter, readMessages } from "../../api/messages.ts";
import { useLiveState } from "../../live/use-live.ts";
import { messageEvents, seldomMs, useRefreshOf } from "../../live/use-refresh.ts";

const pageLength = 100;
const newestLength = 50;

type Pages = InfiniteData<List<Message>, string | undefined>;

/**
 * The messages of a filter: pages as they are scrolled to, and beside them what is new. The new ones wait until
 * they are asked for (`showNewest`), so that nothing moves under the reader; what became of the others is shown at once.
 */
export function useMessageList(filter: MessageFilter) {
  const queries = useQueryClient();
  const key = useMemo(() => ["message-pages", filter], [filter]);
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      readMessages(filter, { cursor: pageParam, limit: pageLength }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const newest = useNewest(filter, pages.isSuccess);
  const loaded = useMemo(() => pages.data?.pages.flatMap(({ data }) => data) ?? [], [pages.data]);
  const { messages, fresh, isGap } = useMemo(
    () => joined(loaded, newest.data?.data ?? []),
    [loaded, newest.data],
  );
  const showNewest = useCallback(() => {
    if (isGap) return void queries.resetQueries({ queryKey: key });
    queries.setQueryData<Pages>(key, (before) => before && withNewest(before, fresh));
  }, [queries, key, fresh, isGap]);
  const isFirst = loaded.length === 0 && fresh.length > 0;
  useEffect(() => {
    if (isFirst) showNewest();
  }, [isFirst, showNewest]);
  const isAway = useLiveState() === "reconnecting" || newest.isError;
  return { pages, messages, fresh: fresh.length, isMore: isGap, showNewest, isAway };
}

/** A search reads what was said: it looks for what is new since it began, and not through everything again. */
function useNewest(filter: MessageFilter, isWanted: boolean) {
  const since = useMemo(
    () => (filter.text && !filter.since ? new Date(Date.now() - 60_000).toISOString() : filter.since),
    [filter],
  );
  useRefreshOf(["messages", "newest"], messageEvents);
  return useQuery({
    queryKey: ["messages", "newest", filter],
    queryFn: ({ signal }) => readMessages({ ...filter, since }, { limit: newestLength }, signal),
    refetchInterval: seldomMs,
    enabled: isWanted,
    retry: false,
  });
}

/** `isGap`: so many came that some between them and the loaded ones are not known. */
function joined(loaded: readonly Message[], newest: readonly Message[]) {
  const known = new Set(loaded.map(({ id }) => id));
  const told = new Map(newest.map((message) => [message.id, message]));
  // Below one that is known stands what is only further back than what is loaded.
  const last = newest.findLastIndex(({ id }) => known.has(id));
  const above = loaded.length === 0 || last < 0 ? newest : newest.slice(0, last);
  const fresh = above.filter(({ id }) => !known.has(id));
  const messages = loaded.map((message) => told.get(message.id) ?? message);
  return { messages, fresh, isGap: fresh.length >= newestLength };
}

function withNewest({ pages, pageParams }: Pages, fresh: readonly Message[]): Pages {
  const [first, ...rest] = pages;
  if (!first) return { pages, pageParams };
  return { pageParams, pages: [{ ...first, data: [...fresh, ...first.data] }, ...rest] };
}
