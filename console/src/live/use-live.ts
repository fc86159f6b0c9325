import { useEffect, useRef, useSyncExternalStore } from "react";
import type { EventType } from "../../../src/core/event.ts";
import { askMe, meKey } from "../api/me.ts";
import { queries } from "../api/query-client.ts";
import { type LiveEvent, type LiveState, LiveStream } from "./stream.ts";

/** The page's one stream; the shell begins and ends it with the session. */
export const live = new LiveStream({
  mayConnect: () =>
    askMe().then(
      (me) => {
        queries.setQueryData(meKey, me);
        return me ? "yes" : "no";
      },
      () => "away" as const,
    ),
  onReturn: () => void queries.invalidateQueries(),
});

/**
 * Calls `handler` with each event of these types as it happens, in order, those that were missed while the gateway was
 * away among them (after more than five minutes all queries are asked again instead). Events that are older than the page are not told.
 */
export function useLive(types: readonly EventType[] | "all", handler: (event: LiveEvent) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  const wanted = types === "all" ? types : types.join();
  useEffect(() => {
    const list = wanted === "all" ? wanted : (wanted.split(",") as EventType[]);
    return live.listen(list, (event) => latest.current(event));
  }, [wanted]);
}

/** How the stream stands, for the words that say so. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(live.watch, live.state);
}
