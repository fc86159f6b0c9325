import { useQueryClient } from "@tanstack/react-query";
import type { EventType } from "../../../src/core/event.ts";
import { useLive } from "./use-live.ts";

/** Asks anew for the lists of a noun when one of these events happens. */
export function useRefresh(noun: string, types: readonly EventType[]): void {
  const queries = useQueryClient();
  useLive(types, () => void queries.invalidateQueries({ queryKey: [noun] }));
}
