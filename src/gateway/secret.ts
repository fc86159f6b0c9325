import { hash, randomBytes, randomUUIDv7, timingSafeEqual } from "node:crypto";
import type { Mint } from "../store/store.ts";

/** `evt_0199…`: a UUIDv7 without its hyphens behind a prefix, so that ids sort by time. */
export const mintId: Mint = (prefix) => `${prefix}_${randomUUIDv7().replaceAll("-", "")}`;

/** Of a channel or an app. */
export const newId = (): string => randomUUIDv7();

/** Whether a text has the form of an id that is made here. */
export function isOwnId(text: string): boolean {
  if (/^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z]{2,6}_[0-9a-f]{32})$/.test(text)) return true;
  // Those of WhatsApp itself have a person's number in them.
  const wamid = /^wamid\.([A-Za-z0-9]{64})$/.exec(text)?.[1] ?? "";
  return /^2E[0-9A-F]{46}$/.test(Buffer.from(wamid, "base64").toString("latin1"));
}

/**
 * 12 bytes in base64url: 16 characters, what a platform carries for a message of ours. 5 bytes of the time, so that those
 * of one moment stand together in the store's index, and 7 of chance, which nobody guesses within a millisecond.
 */
export function newToken(): string {
  const uuid = Buffer.from(randomUUIDv7().replaceAll("-", ""), "hex");
  return Buffer.concat([uuid.subarray(1, 6), uuid.subarray(9, 16)]).toString("base64url");
}

/** Fits Telegram's secret_token (1-256 of A-Za-z0-9_-) and Meta's verify token. */
export const newWebhookSecret = (): string => randomBytes(32).toString("base64url");

/** What a browser keeps that is signed in: 256 bits of chance. */
export const newSessionToken = (): string => randomBytes(32).toString("base64url");

/** 24 to 64 bytes, says Standard Webhooks. */
export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString("base64")}`;

/** Keys are long and random, so one hash is enough: there is nothing to guess. */
export function hashKey(key: string): string {
  return hash("sha256", key);
}

/** Compares in a time that tells nothing of where the two differ. */
export function sameHash(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, "hex"), Buffer.from(right, "hex")];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * An id in the shape of WhatsApp's own: base64 behind `wamid.`. Digits and capital hex in threes, so that it
 * never holds `+`, `/` or `=` and stands in a URL as it is.
 */
export function newWamid(): string {
  return `wamid.${Buffer.from(`2E${randomBytes(23).toString("hex").toUpperCase()}`).toString("base64")}`;
}
