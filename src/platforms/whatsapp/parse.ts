import { isObject, pointerStep } from "../../core/json.ts";
import type { AccountNotice, Credentials, Parsed, PlatformEvent, UnknownPart } from "../../core/platform.ts";
import { idOf, objectsIn } from "../meta/read.ts";
import { readNotice } from "./account-notice.ts";
import { echoEvent, messageEvent } from "./inbound.ts";
import { type Contacts, contactsOf } from "./person.ts";
import { noticeOf, statusEvent } from "./receipt.ts";

/** Reads one part of a payload: an event, or the reason why there is none. */
type Read = (part: Record<string, unknown>, contacts: Contacts) => PlatformEvent | string;

/** The lists of a change that hold events, and who reads their items. */
const readers: Record<string, Record<string, Read>> = {
  messages: { messages: messageEvent, statuses: statusEvent, errors: () => "an error of the account" },
  smb_message_echoes: { message_echoes: echoEvent },
};

/** Reads a webhook: every entry, change, message and status of it. What no rule reads is told, never thrown. */
export function parse(payload: unknown, credentials: Credentials): Parsed {
  const parsed: Parsed = { events: [], unknown: [] };
  const notices: AccountNotice[] = [];
  if (!isObject(payload) || payload.object !== "whatsapp_business_account") {
    return { events: [], unknown: [{ path: "", reason: "not a webhook of a WhatsApp Business Account" }] };
  }
  for (const [entry, entryAt] of objectsIn(payload, "entry", "", parsed.unknown)) {
    for (const [change, at] of objectsIn(entry, "changes", entryAt, parsed.unknown)) {
      const notice = readNotice(change, { credentials, entry });
      if (notice) {
        notices.push(notice);
        continue;
      }
      const reason = refusalOf(change, credentials);
      if (reason) parsed.unknown.push({ path: at, reason });
      else {
        readChange(change as Change, at, parsed);
        notices.push(...noticesIn(change as Change));
        parsed.unknown.push(...otherLists(change as Change, at));
      }
    }
  }
  return notices.length > 0 ? { ...parsed, notices } : parsed;
}

type Change = { field: string; value: Record<string, unknown> };

/** Why nothing of a change is read. */
function refusalOf({ field, value }: Record<string, unknown>, credentials: Credentials): string | undefined {
  if (typeof field !== "string") return "a change without field";
  if (!Object.hasOwn(readers, field)) return `field ${field.slice(0, 80)}`;
  if (!isObject(value)) return "a change without value";
  if (isOfAnother(value, credentials)) return "meant for another phone number id";
  const holds = Object.keys(readers[field]!).some((key) => value[key] !== undefined);
  return holds ? undefined : "a change that holds neither messages nor statuses";
}

function readChange({ field, value }: Change, at: string, { events, unknown }: Parsed): void {
  const contacts = contactsOf(value);
  for (const [key, read] of Object.entries(readers[field]!)) {
    if (value[key] === undefined) continue;
    for (const [part, path] of objectsIn(value, key, `${at}/value`, unknown)) {
      const event = read(part, contacts);
      if (typeof event === "string") unknown.push({ path, reason: event });
      else events.push(event);
    }
  }
}

/** What statuses of messages that failed say of the whole account. */
function noticesIn({ value }: Change): AccountNotice[] {
  const failed = Array.isArray(value.statuses) ? value.statuses.filter(isObject) : [];
  return failed.map(noticeOf).filter((notice) => notice !== undefined);
}

/** Lists that Meta may add beside those that are read. */
function otherLists({ field, value }: Change, at: string): UnknownPart[] {
  const keys = Object.keys(value).filter((key) => Array.isArray(value[key]));
  return keys
    .filter((key) => key !== "contacts" && key !== "metadata" && !Object.hasOwn(readers[field]!, key))
    .map((key) => ({
      path: `${at}/value${pointerStep(key.slice(0, 64))}`,
      reason: `a list ${key.slice(0, 64)} in field ${field}`,
    }));
}

/** One webhook may serve several numbers of an account: what is for another one is not this channel's. */
function isOfAnother({ metadata }: Record<string, unknown>, { phone_number_id }: Credentials): boolean {
  const id = idOf(metadata, "phone_number_id");
  return id !== undefined && phone_number_id !== undefined && id !== phone_number_id;
}
