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
  "channel.account_warned",
  "endpoint.failing",
  "endpoint.disabled",
] as const;

export type ProblemType = (typeof problemTypes)[number];

export interface ProblemEvent {
  id: string;
  type: ProblemType;
  timestamp: string;
  channel?: { id: string; platform: string };
  conversation?: { id: string; contact?: { name?: string; addresses: string[] } };
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
