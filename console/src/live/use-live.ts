import { useEffect, useRef, useSyncExternalStore } from "react";
import type { EventType } from "../../../src/core/event.ts";
import { askMe, meKey } from "../api/me.ts";
import { queries } from "../api/query-client.ts";
import type { LiveEvent, LiveState } from "./stream.ts";
import { type Heard, WindowStream } from "./window-stream.ts";

/** What this window hears; the shell begins and ends it with the session. */
export const live = new WindowStream({
  onReturn: () => void queries.invalidateQueries(),
  onEnd: () => void findOut(),
});

/** Who is signed in now, if anybody: another window may have signed in anew. */
async function findOut(): Promise<void> {
  const me = await askMe().catch(() => undefined);
  if (me !== undefined) queries.setQueryData(meKey, me);
  if (me !== null) live.start(me?.key.id);
}

/**
 * Calls `handler` with each event of these types as it happens, in order, those that were missed while the gateway was
 * away among them (after more than five minutes all queries are asked again instead). Events that are older than the page are not told.
 */
export function useLive(types: readonly EventType[] | "all", handler: (event: LiveEvent) => void): void {
  useHeard(types === "all" ? "events" : types, (event) => event && handler(event));
}

/** The same, with what is no event among it. */
export function useHeard(heard: readonly Heard[] | "events", handler: (event?: LiveEvent) => void): void {
  const latest = useRef(handler);
  latest.current = handler;
  const wanted = heard === "events" ? heard : heard.join();
  useEffect(() => {
    const list = wanted === "events" ? wanted : (wanted.split(",") as Heard[]);
    return live.listen(list, (event) => latest.current(event));
  }, [wanted]);
}

/** How the stream stands, for the words that say so. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(live.watch, live.state);
}
