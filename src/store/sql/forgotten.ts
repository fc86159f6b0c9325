import type { PlatformEvent } from "../../core/platform.ts";
import { spelling } from "../person-redaction.ts";
import type { DigestedEvent } from "../receiving.ts";
import { hashedId } from "./bare.ts";
import { findContact } from "./contacts.ts";
import type { Db, Work } from "./db.ts";
import { erasePart } from "./payload-erasure.ts";
import type { Setting } from "./setting.ts";

/** What is read of contacts who are erased: what came before they were, and what platforms repeat after it. */

interface Forgotten {
  names: Set<string>;
  /** Somebody who is being forgotten said it before: it is told to nobody. */
  said(event: PlatformEvent): boolean;
}

/** Of erasures that are under way, those asked for after this payload had come. */
export function* forgottenIn({ db, channelId, payloadId }: Setting): Work<Forgotten> {
  const erasures = yield* db.all<{ names: string }>(
    `SELECT e.names FROM erasures e JOIN payloads p ON p.id = ? WHERE e.erased_at IS NULL AND e.channel_id = ?
     AND (p.id <= e.last_payload OR p.app_payload_id <= e.last_app_payload)`,
    payloadId,
    channelId,
  );
  const names = new Set(erasures.flatMap((row) => JSON.parse(row.names) as string[]));
  const said = (event: PlatformEvent) =>
    names.size > 0 && isSpeech(event) && namesOf(event).some((name) => names.has(spelling(name)));
  return { names, said };
}

/** Which of a payload's events, by their indexes, were told now, and which had been before. */
interface Read {
  fresh: readonly number[];
  repeated: readonly number[];
}
type Standing = "fresh" | "repeated" | "waiting";

function standingOf({ fresh, repeated }: Read, index: number): Standing {
  if (fresh.includes(index)) return "fresh";
  return repeated.includes(index) ? "repeated" : "waiting";
}

/**
 * Takes out of a payload, and of the app's that it was part of, what names nobody known any more: the names that were
 * collected, and those of erased messages that the platform repeats or reports. Who speaks anew in it stays.
 */
export function* stripForgotten(setting: Setting, events: readonly DigestedEvent[], what: Read): Work<void> {
  const { db, channelId, payloadId, strangers } = setting;
  const spoken = what.fresh.map((index) => events[index]!.event).filter(isSpeech);
  const speaking = new Set(spoken.flatMap(namesOf).map(spelling));
  const gone: DigestedEvent[] = [];
  for (const [index, one] of events.entries())
    if (yield* isOfErased(setting, one, standingOf(what, index))) gone.push(one);
  for (const name of gone.flatMap(({ event }) => namesOf(event)).map(spelling))
    if (!speaking.has(name)) strangers.add(name);
  if (strangers.size === 0 && gone.length === 0) return;
  const named = { channelId, names: strangers };
  const sql = "SELECT app_payload_id FROM payloads WHERE id = ?";
  const whole =
    (yield* db.one<{ app_payload_id: number | null }>(sql, payloadId))?.app_payload_id ?? undefined;
  const isPart = yield* erasePart(db, "payloads", { key: payloadId, ...named });
  const isWhole = whole !== undefined && (yield* erasePart(db, "app_payloads", { key: whole, ...named }));
  if (isPart || isWhole) db.scrub();
}

/** What somebody says anew is theirs, also after they were erased. */
function* isOfErased(setting: Setting, { event }: DigestedEvent, standing: Standing): Work<boolean> {
  if (standing === "fresh" && isSpeech(event)) return false;
  const { db, channelId } = setting;
  if (event.kind !== "renamed" && "platformId" in event) {
    if (yield* isErasedMessage(db, channelId, event.platformId)) return true;
    const sql = "SELECT 1 FROM platform_ids WHERE channel_id = ? AND platform_id = ?";
    if (yield* db.one(sql, channelId, event.platformId)) return false;
  }
  if (standing !== "repeated" && !(yield* answersErased(setting, event))) return false;
  const aliases = namesOf(event);
  return aliases.length > 0 && (yield* findContact(db, { channelId, aliases })) === undefined;
}

function* isErasedMessage(db: Db, channelId: string, platformId: string): Work<boolean> {
  const sql = "SELECT 1 FROM platform_ids WHERE channel_id = ? AND platform_id = ?";
  return (yield* db.one(sql, channelId, hashedId(db, platformId))) !== undefined;
}

/** Of such a message nothing can be told any more that would complete the answer. */
function* answersErased({ db, channelId }: Setting, event: PlatformEvent): Work<boolean> {
  if (event.kind !== "received" || !event.answer) return false;
  const { answer } = event;
  if ("platformId" in answer && answer.platformId !== undefined)
    return yield* isErasedMessage(db, channelId, answer.platformId);
  if (answer.by === "poll") return yield* isErasedMessage(db, channelId, `poll:${answer.pollId}`);
  const sql =
    "SELECT 1 FROM messages WHERE channel_id = ? AND token = ? AND erased_at IS NOT NULL AND address = ''";
  return answer.by === "token" && (yield* db.one(sql, channelId, answer.token)) !== undefined;
}

function isSpeech({ kind }: PlatformEvent): boolean {
  return kind !== "status" && kind !== "echo" && kind !== "watermark";
}

/** Of a group nobody in particular. */
function namesOf(event: PlatformEvent): string[] {
  if (event.kind === "status") return event.aliases ?? [];
  if (event.kind === "echo") return event.sentTo === undefined ? [] : [event.sentTo];
  if (event.kind === "renamed") return [...event.sender.aliases, ...event.formerly];
  const { chat, sender } = event;
  return chat?.type === "private" ? [chat.id, ...sender.aliases] : sender.aliases;
}
