import { isObject } from "../../core/json.ts";
import type { Parsed } from "../../core/platform.ts";
import { readCallback } from "./parse-callback.ts";
import { readEdited, readMessage } from "./parse-message.ts";
import { readMembership, readReaction, readVote } from "./parse-person.ts";
import { type Fields, objectAt, wholeAt } from "./read.ts";
import type { Reading } from "./reading.ts";

type Reader = (part: Fields, updateId: number) => Reading;

/** What an update can hold, by Telegram's names. https://core.telegram.org/bots/api#update, read 2026-11-21. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["message", readMessage],
  ["edited_message", readEdited],
  ["callback_query", readCallback],
  ["poll_answer", readVote],
  ["my_chat_member", readMembership],
  ["message_reaction", readReaction],
  // The counts of our own poll after each vote: the vote itself comes as a poll_answer.
  ["poll", () => ({ nothing: true })],
]);

/** The kinds of update that are asked for: message_reaction comes only when it is named. */
export const allowedUpdates = [...readers.keys()].filter((name) => name !== "poll");

/** Reads one update. Telegram puts exactly one part into it; whatever else is there is unknown. */
export function parse(payload: unknown): Parsed {
  if (!isObject(payload)) return { events: [], unknown: [{ path: "", reason: "not a JSON object" }] };
  const updateId = wholeAt(payload, "update_id");
  if (updateId === undefined) return { events: [], unknown: [{ path: "", reason: "no update_id" }] };
  const parsed: Parsed = { events: [], unknown: [] };
  const names = Object.keys(payload).filter((name) => name !== "update_id");
  if (names.length === 0) parsed.unknown.push({ path: "", reason: "an empty update" });
  for (const name of names) {
    const reading = readPart(payload, name, updateId);
    if ("unknown" in reading) parsed.unknown.push({ path: pointerTo(name), reason: reading.unknown });
    else if ("event" in reading && parsed.events.length > 0)
      parsed.unknown.push({ path: pointerTo(name), reason: "a second part in one update" });
    else if ("event" in reading) parsed.events.push({ ...reading.event, dedupeKey: `u:${updateId}` });
  }
  return parsed;
}

function readPart(payload: Fields, name: string, updateId: number): Reading {
  const reader = readers.get(name);
  if (!reader) return { unknown: `an update of the kind ${name.slice(0, 64)}` };
  const part = objectAt(payload, name);
  return part ? reader(part, updateId) : { unknown: `${name} is not an object` };
}

function pointerTo(name: string): string {
  return `/${name.slice(0, 64).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
