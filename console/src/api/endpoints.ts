import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useChanging } from "./changing.ts";
import type { List } from "./list.ts";
import { ApiProblem, request } from "./request.ts";

/** Whose lists a change of one concerns. */
const nouns = ["endpoints", "deliveries"];

export interface Endpoint {
  id: string;
  url: string;
  format: "antiphon" | "raw";
  events: string[];
  channels: string[];
  ordered: boolean;
  max_age_seconds: number | null;
  max_per_second: number | null;
  enabled: boolean;
  /** Since the gateway started. */
  last_attempt?: Omit<Attempt, "answer">;
  failing?: { since: string; last_error: string };
  disabled?: { at: string; reason: string };
  former_secret_until?: string;
  pending?: number;
  created_at: string;
}

/** What the test delivery got: `ok`, or what was in the way. */
export interface Preflight {
  result: string;
  http_status?: number;
  latency_ms?: number;
  error?: string;
  answer?: string;
}

export interface EndpointWish {
  url?: string;
  format?: "antiphon" | "raw";
  events?: string[];
  channels?: string[];
  ordered?: boolean;
  max_age_seconds?: number | null;
  max_per_second?: number | null;
  enabled?: boolean;
}

export interface Attempt {
  at: string;
  latency_ms: number;
  category: string;
  http_status?: number;
  answer?: string;
  error?: string;
}

export type DeliveryState = "pending" | "delivered" | "dead" | "replayed";

export interface Delivery {
  id: string;
  endpoint: string;
  event: string;
  event_type: string;
  state: DeliveryState;
  reason?: string;
  tries: number;
  created_at: string;
  due_at?: string;
  replay?: string;
  attempts: Attempt[];
}

export interface Replay {
  id: string;
  state: "running" | "done" | "cancelled";
  total: number;
  queued: number;
  skipped: number;
  delivered: number;
  dead: number;
  created_at: string;
}

export interface ReplayWish {
  since?: string;
  until?: string;
  ids?: string[];
  state?: "dead";
  types?: string[];
  max_per_second?: number;
  dry_run?: boolean;
}

const path = (id: string, act = "") => `/v1/endpoints/${encodeURIComponent(id)}${act}`;

/** `isWanted` false: nobody asks, as whoever may not manage them would be refused. */
export function useEndpoints(isWanted = true) {
  return useQuery({
    enabled: isWanted,
    queryKey: ["endpoints"],
    queryFn: ({ signal }) => request<List<Endpoint>>("/v1/endpoints", { signal }),
    refetchInterval: 10_000,
  });
}

export function useEndpoint(id: string) {
  return useQuery({
    queryKey: ["endpoints", id],
    queryFn: ({ signal }) => request<Endpoint>(path(id), { signal }),
    refetchInterval: 5_000,
  });
}

/** The newest of an endpoint; `state` undefined: of any. */
export function useDeliveries(endpoint: string, state?: DeliveryState) {
  return useQuery({
    queryKey: ["deliveries", endpoint, state],
    queryFn: ({ signal }) => {
      const query = new URLSearchParams({ endpoint, limit: "200", ...(state && { state }) });
      return request<List<Delivery>>(`/v1/deliveries?${query}`, { signal });
    },
    refetchInterval: ({ state: { data } }) =>
      data?.data.some(({ state: of }) => of === "pending") ? 2_000 : 5_000,
  });
}

export function useReplays(endpoint: string) {
  return useQuery({
    queryKey: ["endpoints", endpoint, "replays"],
    queryFn: ({ signal }) => request<List<Replay>>(path(endpoint, "/replays"), { signal }),
    refetchInterval: ({ state: { data } }) =>
      data?.data.some(({ state }) => state === "running") ? 1_000 : 5_000,
  });
}

export type MadeEndpoint = Endpoint & { secret: string; preflight?: Preflight };

export function useAddEndpoint(onMade: (made: MadeEndpoint) => void) {
  const add = (wish: EndpointWish) => request<MadeEndpoint>("/v1/endpoints", { method: "POST", body: wish });
  return useChanging(nouns, add, onMade);
}

export function useChangeEndpoint(id: string) {
  return useChanging(nouns, (wish: EndpointWish) =>
    request<Endpoint & { preflight?: Preflight }>(path(id), { method: "PATCH", body: wish }),
  );
}

/** What is asked of it alone is not asked again: it would not be found. */
export function useRemoveEndpoint(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => request<void>(path(id), { method: "DELETE" }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["endpoints"], exact: true }),
  });
}

export function useRotateEndpoint(id: string, onMade: (made: MadeEndpoint) => void) {
  return useChanging(nouns, () => request<MadeEndpoint>(path(id, "/rotate"), { method: "POST" }), onMade);
}

export function useTestEndpoint(id: string) {
  return useChanging(nouns, () => request<{ delivery: string }>(path(id, "/test"), { method: "POST" }));
}

export function useReplay(id: string) {
  return useChanging(nouns, (wish: ReplayWish) =>
    request<Replay & { dry_run?: boolean }>(path(id, "/replay"), { method: "POST", body: wish }),
  );
}

/** Each is asked for by itself, in order; one that is refused holds up none behind it, unless none would be taken. */
export function useRetryDeliveries() {
  return useChanging(nouns, async (ids: readonly string[]) => {
    const refused: Error[] = [];
    for (const id of ids)
      await request<Delivery>(`/v1/deliveries/${id}/retry`, { method: "POST" }).catch((error: Error) => {
        if (error instanceof ApiProblem && (error.status === 0 || error.status === 401)) throw error;
        refused.push(error);
      });
    return { retried: ids.length - refused.length, refused };
  });
}
