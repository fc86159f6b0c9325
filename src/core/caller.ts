import type { Scope } from "./scope.ts";

/** Who makes a request: an API key, as it is at that moment. */
export interface Caller {
  keyId: string;
  name: string;
  scopes: readonly Scope[];
  /** Channel ids; empty: all. */
  channels: readonly string[];
}

/** Whether what belongs to this channel is there for the caller; what belongs to none is not for one who is limited. */
export function sees({ channels }: Pick<Caller, "channels">, channelId: string | undefined): boolean {
  return channels.length === 0 || (channelId !== undefined && channels.includes(channelId));
}

/** Whether a list of channels (empty: all) asks for no more than the caller sees. */
export function isWithin(list: readonly string[], { channels }: Pick<Caller, "channels">): boolean {
  if (channels.length === 0) return true;
  return list.length > 0 && list.every((id) => channels.includes(id));
}
