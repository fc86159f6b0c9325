import { type Caller, demandRights, type Rights } from "../../core/caller.ts";
import { GatewayError } from "../../core/problem.ts";
import type { Scope } from "../../core/scope.ts";
import type { KeyRow } from "../../store/authorizing.ts";
import type { Gateway } from "../gateway.ts";
import { hashKey } from "../secret.ts";
import { bootstrapId, newKeyId, newKeyText } from "./key-text.ts";

/** What a key is to be. */
export interface KeyWish {
  name: string;
  scopes: Scope[];
  /** Channel ids. Empty: all. */
  channels: string[];
  /** Null or absent: it ends with the key that asks, or never. */
  expiresAt?: number | null;
}

/** A key and the text that lets in: nobody can tell it again. */
export interface MadeKey {
  key: KeyRow;
  text: string;
}

type Tools = Pick<Gateway, "keys" | "clock" | "log">;

export async function makeKey({ keys, clock, log }: Tools, caller: Caller, wish: KeyWish): Promise<MadeKey> {
  const id = newKeyId();
  const text = newKeyText(id);
  const expiresAt = wish.expiresAt ?? keys.get(caller.keyId)?.expiresAt;
  if (typeof expiresAt === "number" && expiresAt <= clock.now()) throw over();
  const key = { ...wish, id, hash: hashKey(text), createdAt: clock.now(), expiresAt };
  demandOwn(keys, caller, key);
  await keys.add(key, caller.keyId);
  log.info({ key: id, by: caller.keyId }, "an API key was made");
  return { key, text };
}

/** Only what is given. Whoever changes more than a name gives the rights that the key then has. */
export async function changeKey(
  { keys, log }: Tools,
  caller: Caller,
  key: KeyRow,
  wish: Partial<KeyWish>,
): Promise<KeyRow> {
  const { name, scopes, channels, expiresAt } = wish;
  const rights = {
    ...(scopes && { scopes }),
    ...(channels && { channels }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt ?? keys.get(caller.keyId)?.expiresAt }),
  };
  const givesRights = Object.keys(rights).length > 0;
  if (givesRights) demandOwn(keys, caller, { ...key, ...rights });
  const change = { ...rights, ...(name !== undefined && { name }) };
  await keys.update(key.id, change, givesRights ? caller.keyId : undefined);
  log.info({ key: key.id, by: caller.keyId, changed: Object.keys(change) }, "an API key was changed");
  return { ...key, ...change };
}

/** Another secret for the same key: the former one lets nobody in from then on. */
export async function rotateKey({ keys, log }: Tools, caller: Caller, key: KeyRow): Promise<MadeKey> {
  if (key.id === bootstrapId) {
    const hint = "Start with another ANTIPHON_API_KEY, or make a key and revoke this one.";
    throw new GatewayError("conflict", "The key of the start is set by the start.", { extra: { hint } });
  }
  const rights = { scopes: key.scopes, channels: key.channels, expiresAt: key.expiresAt };
  demandOwn(keys, caller, rights);
  const text = newKeyText(key.id);
  await keys.update(key.id, { hash: hashKey(text) }, caller.keyId);
  log.info({ key: key.id, by: caller.keyId }, "an API key got another secret");
  return { key, text };
}

export async function revokeKey({ keys, log }: Tools, caller: Caller, key: KeyRow): Promise<void> {
  await keys.revoke(key.id);
  log.info({ key: key.id, by: caller.keyId }, "an API key was revoked");
}

function over(): GatewayError {
  const message = "expires_at is over already.";
  const errors = [{ pointer: "/expires_at", rule: "time", message, hint: "Give a time to come, or none." }];
  return new GatewayError("invalid_request", message, { errors });
}

/** By what the caller's key is now, not by what it was when the request came. The store looks once more. */
function demandOwn(keys: Gateway["keys"], { keyId }: Caller, rights: Rights): void {
  const own = keys.caller(keyId);
  demandRights(own && { ...own, expiresAt: keys.get(keyId)?.expiresAt }, rights);
}
