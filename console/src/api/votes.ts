import { useQuery } from "@tanstack/react-query";
import type { List } from "./list.ts";
import { request } from "./request.ts";
import type { ThreadMessage } from "./thread.ts";

/** As many as are told at once: who voted before the last so many answers is shown by what they voted for alone. */
const most = 200;

interface Answer {
  message?: { id: string; context?: { id?: string } };
}

/** Telegram tells a vote apart from its chat, with an id of this kind. */
export function isVote({ direction, platform_ids }: ThreadMessage): boolean {
  return direction === "in" && (platform_ids[0]?.startsWith("pv:") ?? false);
}

/** Which message each vote in a thread was on: that stands in the events. Empty while it is looked up. */
export function useVotes(
  conversation: string,
  messages: readonly ThreadMessage[],
): ReadonlyMap<string, string> {
  const newest = messages.findLast(isVote)?.id;
  const { data } = useQuery({
    queryKey: ["votes", conversation, newest],
    queryFn: ({ signal }) => readVotes(conversation, signal),
    enabled: newest !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: (before) => before,
  });
  return data ?? none;
}

const none: ReadonlyMap<string, string> = new Map();

async function readVotes(conversation: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const query = new URLSearchParams({ conversation, type: "message.received", limit: String(most) });
  const { data } = await request<List<Answer>>(`/v1/events?${query}`, { signal });
  return new Map(
    data.flatMap(({ message }) => (message?.context?.id ? [[message.id, message.context.id] as const] : [])),
  );
}
