import { useQuery } from "@tanstack/react-query";
import type { List } from "./list.ts";
import { request } from "./request.ts";

export type PlatformName = "whatsapp" | "instagram" | "messenger" | "telegram";

/** A field of a platform's credentials, with what a person needs to know to fill it. */
export interface CredentialField {
  name: string;
  label: string;
  help: string;
  secret: boolean;
  required: boolean;
  of?: "app";
}

export interface PlatformCapabilities {
  platform: PlatformName;
  title: string;
  credentials: CredentialField[];
  window_seconds: number | null;
}

/** They do not change while the gateway runs. */
export function useCapabilities() {
  return useQuery({
    queryKey: ["capabilities"],
    queryFn: ({ signal }) => request<List<PlatformCapabilities>>("/v1/capabilities", { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
