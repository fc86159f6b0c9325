import { GatewayError } from "./problem.ts";
import { covers, type Scope } from "./scope.ts";

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

/** What a key may do, and how long. */
export interface Rights {
  scopes: readonly Scope[];
  channels: readonly string[];
  /** Wall time; absent: for ever. */
  expiresAt?: number;
}

/** Refuses what gives more than whoever gives it has: other scopes or channels, or a longer life. */
export function demandRights(own: Rights | undefined, given: Rights): void {
  if (!own) throw new GatewayError("unauthorized", "This API key is not valid any more.");
  const lasts = ({ expiresAt = Number.POSITIVE_INFINITY }: Rights) => expiresAt;
  const isOwn = given.scopes.every((scope) => covers(own.scopes, scope)) && isWithin(given.channels, own);
  if (isOwn && lasts(given) <= lasts(own)) return;
  const detail = "A key gives no more than it has: no other scopes or channels, and no longer life.";
  throw new GatewayError("forbidden", detail);
}
