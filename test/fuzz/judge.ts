import assert from "node:assert/strict";
import { isObject } from "../../src/core/json.ts";
import type { AccountNotice, Parsed, PlatformEvent } from "../../src/core/platform.ts";
import type { Item } from "./items.ts";

/** Ids become keys of the store: however long a payload's texts are, these are not. */
const maxIdLength = 1024;
const maxReasonLength = 500;
/** Several restrictions and what to do, each cut. */
const maxNoticeLength = 5_000;
const chatTypes = ["private", "group", "channel"];

function assertId(value: unknown, what: string): void {
  assert.equal(typeof value, "string", `${what} is no text`);
  const { length } = value as string;
  assert.ok(length > 0 && length <= maxIdLength, `${what} has ${length} characters`);
}

function assertPerson(event: Extract<PlatformEvent, { sender: unknown }>): void {
  const { aliases, ...known } = event.sender;
  assert.ok(aliases.length > 0, "nobody");
  for (const alias of aliases) assertId(alias, "an alias");
  for (const value of Object.values(known)) assert.equal(typeof value, "string", "a name is no text");
}

/** What every event promises to those who find it in the store, where it is JSON. */
export function assertEvent(fresh: PlatformEvent): void {
  const event: PlatformEvent = JSON.parse(JSON.stringify(fresh));
  assertId(event.dedupeKey, "the dedupe key");
  if (event.at !== undefined) assert.ok(Number.isSafeInteger(event.at) && event.at > 0, `at is ${event.at}`);
  if ("platformId" in event) assertId(event.platformId, "the platform id");
  if ("sender" in event) assertPerson(event);
  if ("chat" in event && event.chat) {
    assertId(event.chat.id, "the chat's id");
    assert.ok(chatTypes.includes(event.chat.type), "the chat's type");
  }
  if (event.kind === "received" || event.kind === "edited") assertContent(event);
  if (event.kind === "received" && event.quotes !== undefined) assertId(event.quotes, "what it quotes");
  if (event.kind === "reaction") assertId(event.target, "the target");
  if (event.kind === "watermark") assert.ok(Number.isSafeInteger(event.until), `until is ${event.until}`);
  if (event.kind === "renamed") for (const alias of event.formerly) assertId(alias, "a former alias");
}

function assertContent(event: Extract<PlatformEvent, { kind: "received" | "edited" }>): void {
  const { content } = event;
  if (content === undefined) {
    assert.ok("answer" in event && event.answer, "neither content nor an answer");
    return;
  }
  assert.equal(typeof content.type, "string", "content without a type");
  const value = (content as Record<string, unknown>)[content.type];
  assert.ok(isObject(value) || Array.isArray(value), "content without its object");
}

/**
 * Every item is told by all the events that it gives by itself (`readAlone`), of which there is one at least, or it
 * lies at or under what is told as unknown. No event is of nothing.
 */
export function assertNothingLost(
  items: readonly Item[],
  { events, unknown, notices = [] }: Parsed,
  readAlone: (payload: unknown) => Parsed,
): void {
  for (const { path, reason } of unknown) {
    assert.ok(reason.length > 0 && reason.length <= maxReasonLength, `a reason of ${reason.length}`);
    assert.ok(path === "" || path.startsWith("/"), `no pointer: ${path}`);
  }
  const told = new Set(unknown.map(({ path }) => path));
  for (const { reason } of notices)
    assert.ok(reason.length > 0 && reason.length <= maxNoticeLength, `a notice of ${reason.length}`);
  const left = [...events, ...notices].map(asText);
  for (const { path, alone } of items) {
    const isTold = pathsAbove(path).some((above) => told.has(above));
    const read = readAlone(alone);
    const own = [...read.events, ...(read.notices ?? [])].map(asText);
    assert.ok(isTold || own.length > 0, `${path} is told by no event`);
    for (const event of own) {
      const at = left.indexOf(event);
      assert.ok(isTold || at >= 0, `lost of ${path}: ${event}`);
      if (at >= 0) left.splice(at, 1);
    }
  }
  assert.deepEqual(left, [], "events of nothing");
}

export const asText = (event: PlatformEvent | AccountNotice) => JSON.stringify(event);

/** The pointer itself and all that it lies in. */
function pathsAbove(pointer: string): string[] {
  const steps = pointer.split("/");
  return steps.map((_, index) => steps.slice(0, index + 1).join("/"));
}
