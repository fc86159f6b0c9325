import type { Answer, PlatformEvent } from "../../../core/platform.ts";
import { fingerprint } from "../../access.ts";
import { idOf, textOf } from "../read.ts";
import { type Arrival, fromContact, isOwn, timeOf } from "./arrival.ts";
import { type Beside, besideOf, contentOf, unsupportedOf } from "./inbound-content.ts";
import { likenessOf } from "./likeness.ts";
import { readMetadata, readPayload } from "./payload.ts";
import { referralOf } from "./referral.ts";

/** A message: of the contact, taken back by them, or an echo of what the account itself sent. */
export function readMessage(arrival: Arrival): PlatformEvent[] | string {
  const { part } = arrival;
  const platformId = textOf(part, "mid");
  if (!platformId) return "a message without mid";
  if (part.is_echo === true) return echo(arrival, platformId);
  if (isOwn(arrival)) return "a message of the account's own";
  const origin = { ...fromContact(arrival), platformId };
  if (part.is_deleted === true) return [{ kind: "deleted", dedupeKey: `del:${platformId}`, ...origin }];
  const quotes = textOf(part.reply_to, "mid");
  const base = {
    kind: "received",
    dedupeKey: `msg:${platformId}`,
    ...origin,
    ...(quotes && { quotes }),
  } as const;
  const tapped = idOf(part.quick_reply, "payload");
  if (tapped !== undefined) return [{ ...base, ...pick(tapped, textOf(part, "text"), besideOf(part)) }];
  const content = part.is_unsupported === true ? unsupportedOf(part) : contentOf(part);
  if (!content) return `a message of no known kind (${Object.keys(part).join(", ").slice(0, 200)})`;
  const answer: Answer | undefined =
    content.type === "location" ? { by: "open_request", ...(quotes && { platformId: quotes }) } : undefined;
  return [{ ...base, content, ...(answer && { answer }) }];
}

/** A tap on a button of ours, of the menu, or of another tool's. */
export function readPostback(arrival: Arrival): PlatformEvent[] | string {
  const { part, from, time } = arrival;
  if (isOwn(arrival)) return "a tap of the account's own";
  const [title, payload, mid] = [textOf(part, "title"), idOf(part, "payload"), textOf(part, "mid")];
  // To an app that only stands by, the payload of another app's button is not told.
  if (title === undefined && payload === undefined) return "a postback without title and payload";
  const dedupeKey = `pb:${mid ?? `${from}:${time}:${fingerprint(payload ?? title ?? "")}`}`;
  const origin = {
    kind: "received",
    dedupeKey,
    ...fromContact(arrival),
    platformId: mid ?? dedupeKey,
  } as const;
  return [{ ...origin, ...pick(payload, title, besideOf(part)) }];
}

/**
 * What was picked: a choice of ours by its token, or what somebody else wrote on a button. Where our token names a
 * message that the store does not have (another gateway's on the same account), what the button said is told.
 */
function pick(payload: string | undefined, title: string | undefined, beside: Beside) {
  const own = payload === undefined ? undefined : readPayload(payload);
  const postback = { ...(title !== undefined && { title }), ...(payload !== undefined && { payload }) };
  if (own) {
    return { content: { type: "postback", postback, ...beside }, answer: { by: "token", ...own } as const };
  }
  const { referral, ...more } = beside;
  return { content: { type: "postback", postback: { ...postback, ...(referral && { referral }) }, ...more } };
}

/** The contact came by a link or an advertisement, into a conversation that was there already. */
export function readReferral(arrival: Arrival): PlatformEvent[] | string {
  if (isOwn(arrival)) return "a referral of the account's own";
  const referral = referralOf(arrival.part);
  if (!referral) return "a referral that cannot be read";
  const dedupeKey = `ref:${arrival.from}:${arrival.time}:${fingerprint(JSON.stringify(referral))}`;
  const content = { type: "referral", referral };
  return [{ kind: "received", dedupeKey, ...fromContact(arrival), platformId: dedupeKey, content }];
}

/** What people write in the inbox of a Page is sent by this app of Meta's (message-echoes, read 2026-11-21). */
const inboxApp = "26390203743090";

/**
 * Our own messages come back with their token, which settles a call that was never answered; where a platform repeats
 * no token, with what they show, unless the echo tells of another app.
 */
function echo({ part, to, account, at }: Arrival, platformId: string): PlatformEvent[] | string {
  if (part.is_deleted === true) return "an echo of a deletion";
  const base = { dedupeKey: `msg:${platformId}`, ...timeOf({ at }), platformId };
  const app = idOf(part, "app_id");
  const isOtherApps =
    app === inboxApp || (account.appId !== undefined && app !== undefined && app !== account.appId);
  if (isOtherApps) return [{ kind: "echo", ...base }];
  if (account.echoes === "content") {
    const likeness = likenessOf(part);
    return [{ kind: "echo", ...base, ...(likeness && { likeness, sentTo: to }) }];
  }
  const mark = readMetadata(textOf(part, "metadata") ?? "");
  return [mark ? { kind: "status", ...base, status: "sent", ...mark } : { kind: "echo", ...base }];
}
