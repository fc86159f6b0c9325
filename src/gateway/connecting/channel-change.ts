import type { Event } from "../../core/event.ts";
import type { ChannelChange } from "../../store/connecting.ts";
import type { ChannelRow } from "../../store/rows.ts";

/** What is to be changed of a channel as it is stored by then, by whichever node; undefined: nothing. */
export type Wish = (now: ChannelRow) => ChannelChange | undefined;

/** What else is stored with a change, in the same turn where there is one; not asked where nothing is to be changed as far as is known here. */
export type Beside = (before: ChannelRow) => Promise<void>;

/** What is told of a change, in its transaction. */
export type Telling = (before: ChannelRow) => Omit<Event, "id">;

/** A channel after a change that was asked for. */
export interface Changed {
  channel: ChannelRow;
  /** As it was read from the store, which may be less than is known here. */
  stored: ChannelRow;
  isChanged: boolean;
}

/** What opened before and does not now, because this node lacks a new key, goes on as it was; whether it rests is told in plain text. */
export function asFarAsRead(before: ChannelRow, after: ChannelRow): ChannelRow {
  if (!after.isUnreadable || before.isUnreadable) return after;
  const { paused, pausedReason, awaitsCredentials, restricted, resumesAt } = after;
  return { ...before, paused, pausedReason, awaitsCredentials, restricted, resumesAt };
}
