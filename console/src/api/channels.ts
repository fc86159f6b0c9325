import { useMutation, useQuery } from "@tanstack/react-query";
import type { PlatformName } from "./capabilities.ts";
import { useChanging } from "./changing.ts";
import type { List } from "./list.ts";
import { request } from "./request.ts";

/** Of `GET /v1/channels`; docs/api.md says what the fields mean. */
/** Whose lists a change of one concerns. */
const nouns = ["channels"];

export interface Channel {
  id: string;
  platform: PlatformName;
  natural_id: string;
  name: string;
  simulated: boolean;
  paused: boolean;
  paused_reason?: string;
  receiving: { state: "ok" | "waiting"; reason?: string };
  health?: {
    registration: { state: "ok" | "lost" | "unknown"; since?: string };
    token: { expires_at?: string };
    last_checked?: string;
    last_received?: string;
    account?: { state: string; reason?: string; since?: string; until?: string };
  };
  credentials: string[];
  webhook_url?: string;
  app?: string;
  messages_per_second?: number;
  created_at: string;
}

export interface ChannelCheck {
  credentials: { state: string };
  permissions: { state: string; granted?: string[]; missing?: string[] };
  identity?: { name?: string; handle?: string };
  webhook: { state: string; host?: string };
  advice: string[];
}

export interface NewChannel {
  platform: PlatformName;
  credentials: Record<string, string>;
  name?: string;
  simulated?: boolean;
  take_over?: boolean;
}

export interface ChannelChange {
  paused?: boolean;
  name?: string;
  credentials?: Record<string, string>;
  messages_per_second?: number | null;
}

const path = (id: string, act = "") => `/v1/channels/${encodeURIComponent(id)}${act}`;

export function useChannels() {
  return useQuery({
    queryKey: ["channels"],
    queryFn: ({ signal }) => request<List<Channel>>("/v1/channels", { signal }),
    refetchInterval: 10_000,
  });
}

export function useAddChannel() {
  return useChanging(nouns, (wish: NewChannel) =>
    request<Channel>("/v1/channels", { method: "POST", body: wish }),
  );
}

export function useChangeChannel(id: string) {
  return useChanging(nouns, (wish: ChannelChange) =>
    request<Channel>(path(id), { method: "PATCH", body: wish }),
  );
}

export function useRemoveChannel(id: string) {
  return useChanging(nouns, () => request<void>(path(id), { method: "DELETE" }));
}

export function useCheckChannel(id: string) {
  return useMutation({ mutationFn: () => request<ChannelCheck>(path(id, "/check"), { method: "POST" }) });
}

export function useRegisterChannel(id: string) {
  return useChanging(nouns, (takeOver: boolean) =>
    request<{ state: string }>(path(id, "/register"), { method: "POST", body: { take_over: takeOver } }),
  );
}
