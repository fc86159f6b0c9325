import { type QueryKey, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";
import { type EventType, eventTypes } from "../../../src/core/event.ts";
import { untilSeen } from "./until-seen.ts";
import { useHeard } from "./use-live.ts";
import type { Heard } from "./window-stream.ts";

const restMs = 300;

/** What is told of messages and of what holds them up. */
export const messageEvents: readonly Heard[] = [
  "accepted",
  ...eventTypes.filter((type) => /^(message|conversation)\./.test(type)),
];
/** The events tell what is new; this finds what they do not tell. */
export const seldomMs = 30_000;

/** Asks anew for the lists of a noun when one of these events happens. */
export function useRefresh(noun: string, types: readonly EventType[]): void {
  useRefreshOf([noun], types);
}

/** Asks anew for what has this key: at most once in 300 ms, never while an answer is under way, and not before it can be seen. */
export function useRefreshOf(queryKey: QueryKey, heard: readonly Heard[]): void {
  const queries = useQueryClient();
  const pending = useRef({ isUnderWay: false, isAgain: false });
  const refresh = async (): Promise<void> => {
    const { current } = pending;
    current.isAgain = current.isUnderWay;
    if (current.isUnderWay) return;
    current.isUnderWay = true;
    await new Promise((resolve) => setTimeout(resolve, restMs));
    await untilSeen();
    current.isAgain = false;
    await queries.invalidateQueries({ queryKey });
    current.isUnderWay = false;
    if (current.isAgain) await refresh();
  };
  useHeard(heard, () => void refresh());
}
