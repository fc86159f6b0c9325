import { useQuery } from "@tanstack/react-query";
import type { Scope } from "../../../src/core/scope.ts";
import { keep, kept } from "../kept/kept.ts";
import { ApiProblem, request } from "./request.ts";

/** Who is signed in, as `/v1/me` tells it. `scopes`: all that they come to. `channels` null: all. */
export interface Me {
  key: { id: string; name: string };
  scopes: Scope[];
  channels: string[] | null;
  simulator_url?: string;
  public_url?: string;
}

export const meKey = ["me"] as const;
/** Of what is kept of it in this browser. */
export const signedInName = "signed-in";

/** null: nobody is signed in. Throws where the gateway does not answer. */
export async function askMe(signal?: AbortSignal): Promise<Me | null> {
  return request<Me>("/v1/me", { signal }).catch((error) => {
    if (error instanceof ApiProblem && error.status === 401) return null;
    throw error;
  });
}

export function useMe() {
  return useQuery({ queryKey: meKey, queryFn: ({ signal }) => askMe(signal), staleTime: 60_000 });
}

export function signIn(by: { key: string } | { link: string }): Promise<Me> {
  return request<Me>("/v1/session", { method: "POST", body: by });
}

export async function signOut(): Promise<void> {
  // Before it is: other windows may learn of it sooner than this one has its answer.
  const whose = kept(signedInName) ?? undefined;
  noteSignedIn(undefined);
  try {
    await request("/v1/session", { method: "DELETE" });
  } catch (error) {
    noteSignedIn(whose);
    throw error;
  }
}

/** That a key is signed in here until somebody signs out: an end that nobody wished for is told, and another key. */
export function noteSignedIn(key: string | undefined): void {
  keep(signedInName, key);
}

export const hasEnded = (): boolean => kept(signedInName) !== null;
