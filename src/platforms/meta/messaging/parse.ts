import { instantOfMs } from "../../../core/clock.ts";
import { isObject, pointerStep } from "../../../core/json.ts";
import type { AccountNotice, Parsed, PlatformEvent } from "../../../core/platform.ts";
import { type Fields, idOf, objectsIn, textOf, wholeOf } from "../read.ts";
import type { Account, Arrival } from "./arrival.ts";
import { readMessage, readPostback, readReferral } from "./parse-message.ts";
import { readDelivery, readEdit, readReaction, readSeen } from "./parse-notice.ts";

/** Reads what stands under one key of an event: what happened, or the reason why nothing is made of it. */
type Reader = (arrival: Arrival) => PlatformEvent[] | string;

/**
 * What an event can hold, by Meta's names.
 * Sources: developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events and
 * …/instagram-messaging/webhooks, read 2026-11-21.
 */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["message", readMessage],
  ["postback", readPostback],
  ["referral", readReferral],
  ["delivery", readDelivery],
  ["read", readSeen],
  ["reaction", readReaction],
  ["message_edit", readEdit],
]);

const frame = new Set(["sender", "recipient", "timestamp"]);

/** Reads a webhook of a Page or of an Instagram account: every event of every entry. Never throws. */
export function parseMessaging(payload: unknown, account: Account): Parsed {
  const parsed: Parsed = { events: [], unknown: [] };
  if (!isObject(payload) || payload.object !== account.object) {
    return { events: [], unknown: [{ path: "", reason: `not a webhook of the object ${account.object}` }] };
  }
  for (const [entry, at] of objectsIn(payload, "entry", "", parsed.unknown)) {
    const isOthers = account.id !== undefined && idOf(entry, "id") !== account.id;
    if (isOthers) parsed.unknown.push({ path: at, reason: `meant for another ${account.title}` });
    else readEntry(entry, at, { account, parsed, madeAt: wholeOf(entry, "time") });
  }
  if (parsed.events.length + parsed.unknown.length === 0 && !parsed.notices) {
    parsed.unknown.push({ path: "/entry", reason: "a webhook without events" });
  }
  return parsed;
}

interface Reading {
  account: Account;
  parsed: Parsed;
  /** When Meta made the entry. */
  madeAt?: number | undefined;
  isStandby?: true;
}

function readEntry(entry: Fields, at: string, reading: Reading): void {
  const { unknown } = reading.parsed;
  const keys = Object.keys(entry).filter((key) => key !== "id" && key !== "time");
  if (keys.length === 0) unknown.push({ path: at, reason: "an entry without events" });
  for (const key of keys) {
    const read = lists.get(key);
    if (!read) unknown.push({ path: at + step(key), reason: `${key.slice(0, 64)} of an entry` });
    else for (const [one, path] of objectsIn(entry, key, at, unknown)) read(one, path, reading);
  }
}

/** The lists of an entry. */
const lists: ReadonlyMap<string, (one: Fields, at: string, reading: Reading) => void> = new Map([
  ["messaging", (one, at, reading) => readEvent(one, at, reading)],
  // Another app has the conversation, and this one may listen.
  ["standby", (one, at, reading) => readEvent(one, at, { ...reading, isStandby: true })],
  ["changes", readChange],
]);

/** Comments, mentions, and the like: nothing of a conversation's. */
function readChange(change: Fields, path: string, { parsed }: Reading): void {
  parsed.unknown.push({ path, reason: `a change of ${(textOf(change, "field") ?? "nothing").slice(0, 64)}` });
}

function readEvent(event: Fields, at: string, reading: Reading): void {
  const { parsed, isStandby } = reading;
  const notice = readEnforcement(event[enforcement], reading.madeAt);
  if (notice) parsed.notices = [...(parsed.notices ?? []), notice];
  const keys = Object.keys(event).filter((key) => !frame.has(key) && !(notice && key === enforcement));
  if (notice && keys.length === 0) return;
  if (keys.length === 0) parsed.unknown.push({ path: at, reason: "an event of nothing" });
  for (const key of keys) {
    const found = readPart(event, key, reading);
    if (typeof found === "string") parsed.unknown.push({ path: at + step(key), reason: found });
    // One by one: a delivery may name more messages than a call takes arguments.
    else for (const each of found) parsed.events.push(isStandby ? standingBy(each) : each);
  }
}

const enforcement = "policy_enforcement";
const states = { warning: "warned", block: "restricted", unblock: "lifted" } as const;
const said = {
  warned: "Meta warns the Page",
  restricted: "Meta blocks the Page",
  lifted: "Meta blocks the Page no more",
};

/**
 * What Meta does to a Page that breaks its rules.
 * Source: …/messenger-platform/webhooks/webhook-events/messaging_policy_enforcement, read 2026-11-22.
 */
function readEnforcement(part: unknown, madeAt: number | undefined): AccountNotice | undefined {
  const action = textOf(part, "action") ?? "";
  if (!Object.hasOwn(states, action)) return undefined;
  const state = states[action as keyof typeof states];
  const why = (textOf(part, "reason") ?? "").slice(0, 500).replace(/\.?$/, "");
  const reason = `${said[state]}${why && `: ${why}`}.`;
  const at = instantOfMs(madeAt);
  const told = { state, ...(at !== undefined && { at }) };
  if (state === "lifted") return { ...told, reason };
  return {
    ...told,
    ...(state === "restricted" && { of: "policy" as const }),
    reason: `${reason} Look at its Page Quality tab, and settle what is shown there or appeal.`,
  };
}

function readPart(event: Fields, key: string, { account, madeAt }: Reading): PlatformEvent[] | string {
  const reader = readers.get(key);
  const part = event[key];
  if (!reader) return `an event of the kind ${key.slice(0, 64)}`;
  if (!isObject(part)) return `${key} is no object`;
  const [from, to] = [idOf(event.sender, "id"), idOf(event.recipient, "id")];
  // A plugin's visitor is known by a `user_ref` alone, until they write.
  if (!from || !to) return `${key} without its sender or its recipient`;
  const milliseconds = wholeOf(event, "timestamp");
  const at = instantOfMs(milliseconds);
  return reader({
    part,
    from,
    to,
    account,
    // A tap without its time would be one with every later tap on the same button.
    time: String(milliseconds ?? madeAt ?? ""),
    ...(at !== undefined && { at }),
  });
}

function standingBy(event: PlatformEvent): PlatformEvent {
  const isContacts =
    event.kind === "received" ||
    event.kind === "edited" ||
    event.kind === "deleted" ||
    event.kind === "reaction";
  return isContacts ? { ...event, standby: true } : event;
}

function step(key: string): string {
  return pointerStep(key.slice(0, 64));
}
