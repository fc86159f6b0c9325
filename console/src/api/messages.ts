import { useQuery } from "@tanstack/react-query";
import type { Adaptation } from "../../../src/core/adaptation.ts";
import type { Call, PlatformName } from "../../../src/core/platform.ts";
import { messageEvents, seldomMs, useRefreshOf } from "../live/use-refresh.ts";
import { useChanging } from "./changing.ts";
import type { List } from "./list.ts";
import { request } from "./request.ts";

export interface Problem {
  code: string;
  message: string;
  hint?: string;
  details?: unknown;
}

export interface Person {
  id: string;
  name?: string;
  username?: string;
}

/** Of `GET /v1/messages`; docs/api.md says what the fields mean. */
export interface Message {
  id: string;
  direction: "in" | "out";
  status: string;
  channel: string;
  platform: PlatformName;
  conversation: string;
  contact?: Person;
  to?: string;
  from?: string;
  type: string;
  content: Record<string, unknown>;
  platform_ids: string[];
  metadata?: Record<string, string>;
  adaptation?: Adaptation;
  problem?: Problem;
  erased_at?: string;
  created_at: string;
  expires_at?: string;
}

export interface Attempt {
  at: string;
  latency_ms: number;
  outcome: "accepted" | "retry" | "rejected" | "unknown";
  http_status?: number;
  problem?: Problem;
}

export interface MessageCall extends Call {
  id: string;
  state: string;
  tries: number;
  due_at: string;
  platform_ids: string[];
  problem?: Problem;
  attempts: Attempt[];
}

export interface StatusChange {
  status: string;
  at: string;
  source: "gateway" | "platform" | "person";
  receipt?: string;
  matched_by?: "content";
  problem?: Problem;
}

export interface MessageDetail extends Message {
  calls: MessageCall[];
  history: StatusChange[];
}

export const filterNames = [
  "channel",
  "contact",
  "status",
  "type",
  "direction",
  "text",
  "since",
  "until",
] as const;
export type MessageFilter = Partial<Record<(typeof filterNames)[number] | "conversation", string>>;

/** Whose lists a change of one concerns. */
const nouns = ["messages", "message", "conversations", "conversation"];
const path = (id: string, act = "") => `/v1/messages/${encodeURIComponent(id)}${act}`;

export function readMessages(
  filter: MessageFilter,
  page: { cursor?: string; limit: number },
  signal?: AbortSignal,
) {
  const given = Object.entries({ ...filter, ...page }).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  const query = new URLSearchParams(given.map(([name, value]) => [name, String(value)]));
  return request<List<Message>>(`/v1/messages?${query}`, { signal });
}

/** No event tells of the tries at one that is under way. */
const tryingMs = 5_000;

export function useMessage(id: string) {
  useRefreshOf(["message", id], messageEvents);
  return useQuery({
    queryKey: ["message", id],
    queryFn: ({ signal }) => request<MessageDetail>(path(id), { signal }),
    refetchInterval: ({ state }) => (state.data && isSettled(state.data) ? seldomMs : tryingMs),
  });
}

function isSettled({ direction, status }: Message): boolean {
  return direction === "in" || !["accepted", "sending", "sent"].includes(status);
}

export type Resolution = "sent" | "failed" | "resend" | "skip";

export function useResolve(id: string) {
  return useChanging(nouns, (outcome: Resolution) =>
    request<MessageDetail>(path(id, "/resolve"), { method: "POST", body: { outcome } }),
  );
}

export function useCancelMessage(id: string) {
  return useChanging(nouns, () => request<MessageDetail>(path(id, "/cancel"), { method: "POST" }));
}

export interface NewMessage {
  from: string;
  to: string;
  content: Record<string, unknown>;
  metadata?: Record<string, string>;
  origin?: "human";
  /** Once for each thing that a person wants sent: a repeated request sends nothing twice. */
  key: string;
}

export function useSend() {
  return useChanging(nouns, ({ key, ...body }: NewMessage) =>
    request<{ id: string; status: string; warnings: { code: string; message: string }[] }>("/v1/messages", {
      method: "POST",
      body,
      headers: { "idempotency-key": key },
    }),
  );
}
