import { type Caller, isWithin, sees } from "../core/caller.ts";
import type { Event } from "../core/event.ts";
import type { GatewayError } from "../core/problem.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { AppRow, ChannelRow } from "../store/rows.ts";
import { rule } from "./shape.ts";

/**
 * What is there for a caller: whatever belongs to a channel that its key may not see is answered like what does not
 * exist, in the same words. docs/security.md lists the routes.
 */

/** The channel that a request names, by its id or its natural id. */
export function channelFor(caller: Caller, { channels }: Gateway, name: string): ChannelRow {
  return channels.from(name, (channel) => sees(caller, channel.id));
}

/** Refuses, as a rule of a schema, a name that is no channel of the caller's. */
export function channelRule(caller: Caller, gateway: Gateway) {
  return rule("unknown_channel", (name: string) => {
    try {
      channelFor(caller, gateway, name);
      return undefined;
    } catch (error) {
      return (error as GatewayError).detail;
    }
  });
}

/** The ids of the channels that are named; none: all, as far as the caller's key goes. */
export function ownChannels(caller: Caller, gateway: Gateway, names: readonly string[]): string[] {
  if (names.length === 0) return [...caller.channels];
  return names.map((name) => channelFor(caller, gateway, name).id);
}

/** The channels of which a list may tell: the one that a filter names, those of the key, or (undefined) all. */
export function listedChannels(
  caller: Caller,
  gateway: Gateway,
  name: string | undefined,
): readonly string[] | undefined {
  if (name !== undefined) return [channelFor(caller, gateway, name).id];
  return caller.channels.length === 0 ? undefined : caller.channels;
}

/** What was looked up, if its channel is the caller's. */
export function ofCaller<Row extends { channelId: string }>(caller: Caller, row: Row | undefined) {
  return row && sees(caller, row.channelId) ? row : undefined;
}

export function seesEvent(caller: Caller, { channel }: Event): boolean {
  return sees(caller, channel?.id);
}

/** An endpoint that gets events of other channels too is somebody else's. */
export function seesEndpoint(caller: Caller, { channels }: { channels: readonly string[] }): boolean {
  return isWithin(channels, caller);
}

/** An app that serves other channels too, or none yet, is somebody else's. */
export function seesApp(caller: Caller, { channels }: Gateway, { id }: AppRow): boolean {
  const served = channels.of(id).map((channel) => channel.id);
  return isWithin(served, caller);
}
