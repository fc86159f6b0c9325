import type { PlatformEvent } from "../../core/platform.ts";

/** An event without its key, nothing at all, or why the part is not read. */
export type Reading = { event: Unkeyed } | { nothing: true } | { unknown: string };
type Unkeyed = PlatformEvent extends infer Event
  ? Event extends PlatformEvent
    ? Omit<Event, "dedupeKey">
    : never
  : never;
