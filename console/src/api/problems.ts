import { useQuery } from "@tanstack/react-query";
import type { List } from "./list.ts";
import { request } from "./request.ts";

/** What went wrong, or asks for a person: docs/api.md lists the types of events. */
export const problemTypes = [
  "message.failed",
  "message.unknown",
  "message.expired",
  "conversation.blocked",
  "channel.paused",
  "channel.unsubscribed",
  "channel.token_expiring",
  "endpoint.failing",
  "endpoint.disabled",
] as const;

export interface ProblemEvent {
  id: string;
  type: string;
  timestamp: string;
  channel?: { id: string; platform: string; reason?: string };
  message?: { id: string; status?: string; problem?: { code: string; message: string; hint?: string } };
  endpoint?: { id: string; last_error?: string };
  reason?: string;
}

/** The last of them. */
export function useProblems() {
  return useQuery({
    queryKey: ["events", "problems"],
    queryFn: ({ signal }) =>
      request<List<ProblemEvent>>(
        `/v1/events?${new URLSearchParams({ type: problemTypes.join(), limit: "10" })}`,
        {
          signal,
        },
      ),
    refetchInterval: 5_000,
  });
}
