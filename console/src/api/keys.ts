import { useQuery } from "@tanstack/react-query";
import { useChanging } from "./changing.ts";
import type { List } from "./list.ts";
import { request } from "./request.ts";

/** Whose lists a change of one concerns. */
const nouns = ["keys"];

export const scopes = ["send", "read", "manage", "admin"] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  id: string;
  name: string;
  scopes: Scope[];
  /** null: all channels. */
  channels: string[] | null;
  state: "active" | "expired";
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
}

export interface NewKey {
  name: string;
  scopes: Scope[];
  channels?: string[];
  expires_at?: string;
}

/** The only answer that holds the key itself. */
export type MadeKey = ApiKey & { key: string };

export function useKeys() {
  return useQuery({
    queryKey: ["keys"],
    queryFn: ({ signal }) => request<List<ApiKey>>("/v1/keys", { signal }),
  });
}

export function useMakeKey(onMade: (made: MadeKey) => void) {
  const make = (wish: NewKey) => request<MadeKey>("/v1/keys", { method: "POST", body: wish });
  return useChanging(nouns, make, onMade);
}

export function useRotateKey(onMade: (made: MadeKey) => void) {
  const rotate = (id: string) => request<MadeKey>(`/v1/keys/${id}/rotate`, { method: "POST" });
  return useChanging(nouns, rotate, onMade);
}

export function useRevokeKey() {
  return useChanging(nouns, (id: string) => request<void>(`/v1/keys/${id}`, { method: "DELETE" }));
}
