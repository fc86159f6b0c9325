import type { Event } from "../../core/event.ts";
import type { Choice, Reply } from "../../core/message.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { reseal } from "./checksum.ts";
import { fromJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { forgetAnswers } from "./endpoint-answers.ts";

/** What is left of rows whose content is erased: ids, states, times and counts, and that it is so. */

const erasedContent = JSON.stringify({ type: "erased" });
const erasedCall = JSON.stringify({ method: "POST", path: "", part: "erased" });

interface Bared {
  id: string;
  /** When. */
  at: number;
  /** True: of a person who is to be forgotten. False: of old age, then taps still give the ids that were offered. */
  isPersonal: boolean;
}

/** A message, its calls, and what was told of them, without what was said and, if it is personal, to whom. */
export function* bareMessage(db: Db, { id, at, isPersonal }: Bared): Work<void> {
  const row = yield* db.one<{ choices: string | null; platform_ids: string }>(
    "SELECT choices, platform_ids FROM messages WHERE id = ?",
    id,
  );
  if (!row) return;
  const choices = isPersonal ? undefined : fromJson<Choice[]>(row.choices)?.map(withoutWords);
  yield* db.update("messages", id, {
    content: erasedContent,
    kind: "erased",
    metadata: null,
    options: null,
    adaptation: null,
    choices: choices === undefined ? null : JSON.stringify(choices),
    erased_at: at,
    ...(isPersonal && { address: "", platform_ids: hashedIds(db, row.platform_ids), open_request: null }),
  });
  yield* reseal(db, "messages", { column: "id", key: id });
  yield* bareProblems(db, "messages", "id = ?", id);
  yield* bareProblems(db, "history", "message_id = ?", id);
  const calls = yield* db.all<{ id: string; platform_ids: string }>(
    "SELECT id, platform_ids FROM calls WHERE message_id = ?",
    id,
  );
  for (const call of calls) {
    const platform_ids = isPersonal ? hashedIds(db, call.platform_ids) : call.platform_ids;
    yield* db.update("calls", call.id, { call: erasedCall, platform_ids, likeness: null });
    yield* reseal(db, "calls", { column: "id", key: call.id });
    yield* bareProblems(db, "calls", "id = ?", call.id);
    yield* bareProblems(db, "attempts", "call_id = ?", call.id);
    yield* bareProblems(db, "receipts", "call_id = ?", call.id);
  }
  if (!isPersonal) return;
  yield* hashPlatformIds(db, id);
}

function* hashPlatformIds(db: Db, messageId: string): Work<void> {
  const sql = "SELECT platform_id FROM platform_ids WHERE message_id = ?";
  for (const { platform_id } of yield* db.all<{ platform_id: string }>(sql, messageId)) {
    if (isHashed(platform_id)) continue;
    const change = "UPDATE platform_ids SET platform_id = ? WHERE message_id = ? AND platform_id = ?";
    yield* db.run(change, hashedId(db, platform_id), messageId, platform_id);
  }
}

/** What was offered, by its id alone. */
function withoutWords({ key, reply }: Choice): Choice {
  return { key, reply: withoutTitle(reply) };
}

function withoutTitle(reply: Reply): Reply {
  if (reply.type === "button_reply")
    return { type: "button_reply", button_reply: { ...reply.button_reply, title: "" } };
  if (reply.type === "list_reply")
    return { type: "list_reply", list_reply: { id: reply.list_reply.id, title: "" } };
  return reply;
}

function hashedIds(db: Db, json: string): string {
  const ids = fromJson<string[]>(json) ?? [];
  return JSON.stringify(ids.map((id) => (isHashed(id) ? id : hashedId(db, id))));
}

/** What stands in the place of a platform's id of an erased message. */
export function hashedId(db: Db, platformId: string): string {
  return `#${db.keyed(platformId)}`;
}

function isHashed(platformId: string): boolean {
  return platformId.startsWith("#");
}

/** A call, or a message, of a contact who was erased after it. */
export function isOfErased({ platform_ids }: { platform_ids: string }): boolean {
  return platform_ids.startsWith('["#');
}

/** A platform's words may quote what it was sent; its code stays. */
function* bareProblems(db: Db, table: string, where: string, key: string): Work<void> {
  const rows = yield* db.all<{ problem: string }>(
    `SELECT DISTINCT problem FROM ${table} WHERE ${where} AND problem IS NOT NULL`,
    key,
  );
  for (const { problem } of rows) {
    const { code } = JSON.parse(problem) as PlatformProblem;
    const bared: PlatformProblem = { code, message: "What was said of it is erased." };
    yield* db.run(
      `UPDATE ${table} SET problem = ? WHERE ${where} AND problem = ?`,
      JSON.stringify(bared),
      key,
      problem,
    );
  }
}

/**
 * An event without what was said, by whom and to whom; an endpoint's answers may repeat what it was sent. False: it is
 * so already.
 */
export function* bareEvent(db: Db, { position, body }: { position: number; body: string }): Work<boolean> {
  const event = JSON.parse(body) as Event;
  const left = JSON.stringify(bared(event));
  if (left === body) return false;
  yield* db.run("UPDATE events SET body = ? WHERE position = ?", left, position);
  yield* reseal(db, "events", { column: "position", key: position });
  yield* forgetAnswers(db, "event_id", event.id);
  return true;
}

function bared({ message, conversation, ...event }: Event): object {
  const { id, window } = conversation ?? {};
  return {
    ...event,
    ...(conversation && { conversation: { id, window } }),
    ...(message && { message: baredMessage(message) }),
  };
}

function baredMessage(message: NonNullable<Event["message"]>): object {
  const { id } = message;
  if ("type" in message && message.type === "erased") return message;
  if (!("platform_id" in message)) return { id, status: message.status, type: "erased" };
  const { timestamp, context } = message;
  const answered = (context as { id?: string } | undefined)?.id;
  return { id, timestamp, type: "erased", ...(answered !== undefined && { context: { id: answered } }) };
}
