import type { Outcome } from "../../core/platform.ts";
import { GatewayError, type PlatformProblem } from "../../core/problem.ts";
import type { CallState, Receipt } from "../../core/status.ts";
import type { Settlement, Unanswered, Verdict } from "../sending.ts";
import { hashedId } from "./bare.ts";
import { channelRemoved, isConnected } from "./channel-lookup.ts";
import { fromJson, toJson } from "./columns.ts";
import { joinAliases } from "./contacts.ts";
import type { Db, Work } from "./db.ts";
import { chosen, each } from "./each.ts";
import { type Echo, fittingEchoes, isUnderWay, keptEchoes, takeEcho } from "./echoes.ts";
import { claimPlatformId, type StoredCall } from "./messages.ts";
import { addReceipt, type NewReceipt, type News, refresh } from "./progress.ts";
import { joinWatermarks, sentByReceipts } from "./watermark.ts";

export function* readCall(db: Db, id: string): Work<StoredCall | undefined> {
  return yield* db.one<StoredCall>("SELECT * FROM calls WHERE id = ?", id);
}

/** With whether anything was said of its conversation that could be of it. */
interface Settling extends StoredCall {
  is_marked: number | null;
  is_echoed: number | null;
}

const settlingSql = `
SELECT c.*, (SELECT 1 FROM watermarks w WHERE w.conversation_id = c.conversation_id LIMIT 1) AS is_marked,
  (SELECT 1 FROM echoes e WHERE e.conversation_id = c.conversation_id LIMIT 1) AS is_echoed
FROM calls c WHERE c.id = ?`;

/** Records the attempt and what it came to; a call that is settled already keeps its state. */
export function* settle(db: Db, settlement: Settlement): Work<StoredCall> {
  const { callId, at, outcome } = settlement;
  const call = yield* db.one<Settling>(settlingSql, callId);
  if (!call) throw new GatewayError("not_found", `There is no call ${callId}.`);
  if (isOver(call, settlement)) return call;
  const problem = problemOf(outcome);
  yield* writeAttempt(db, call, settlement);
  const isOpen = call.state === "queued" || call.state === "sending";
  if (outcome.kind === "unknown" && settlement.likeness !== undefined)
    yield* db.update("calls", callId, { likeness: settlement.likeness });
  const receipts = outcome.kind === "accepted" ? yield* acceptCall(db, call, outcome) : [];
  if (problem && isOpen) yield* closeOrRequeue(db, call, settlement);
  // Who has another name may be somebody whose conversation this one takes in, with its echoes.
  const mayBeEchoed = call.is_echoed !== null || (outcome.kind === "accepted" && outcome.aliases);
  const echoed = mayBeEchoed ? yield* settleByEchoes(db, call.conversation_id) : new Map();
  const own = echoed.get(call.message_id);
  echoed.delete(call.message_id);
  yield* refresh(db, call.message_id, {
    at,
    source: own ? "platform" : "gateway",
    receipts: [...receipts, ...(own ?? [])],
  });
  for (const [messageId, told] of echoed)
    yield* refresh(db, messageId, { at, source: "platform", receipts: told });
  return call;
}

/** Of a try that was told meanwhile as one that never left, nothing is unknown: the call waits again, or is under way again. */
function isOver({ state, tries }: StoredCall, { outcome, ofTry }: Settlement): boolean {
  return ofTry !== undefined && outcome.kind === "unknown" && (state === "queued" || tries !== ofTry.number);
}

/** That the platform has this call, heard by a node that works for its channel no more: as the platform's own word of it. */
export function* tellAnswer(db: Db, { callId, at, outcome }: Settlement): Work<void> {
  const call = yield* readCall(db, callId);
  if (!call || outcome.kind !== "accepted") return;
  const known = new Set(fromJson<string[]>(call.platform_ids));
  const isKnown = outcome.platformIds.every((id) => known.has(id) || known.has(hashedId(db, id)));
  if (call.state === "accepted" && isKnown) return;
  const receipts = yield* acceptCall(db, call, outcome);
  yield* refresh(db, call.message_id, { at, source: "gateway", receipts });
}

/** Echoes that came while a call of this conversation was under way, and are not of that one. By message. */
function* settleByEchoes(db: Db, conversationId: string): Work<Map<string, NewReceipt[]>> {
  const told = new Map<string, NewReceipt[]>();
  const kept = yield* keptEchoes(db, conversationId);
  if (kept.length === 0 || (yield* isUnderWay(db, conversationId))) return told;
  for (const { echo, call } of yield* fittingEchoes(db, conversationId, kept))
    told.set(call.message_id, [
      ...(told.get(call.message_id) ?? []),
      ...(yield* acceptEchoed(db, call, echo)),
    ]);
  return told;
}

/** The platform has this call, by an echo that fits it: nothing but recipient, content and time says so. */
export function* acceptEchoed(db: Db, call: StoredCall, { platform_id, at }: Echo): Work<NewReceipt[]> {
  const receipt: NewReceipt = { receipt: "sent", at, matchedBy: "content" };
  const fresh = (yield* addReceipt(db, call, receipt)) ? [receipt] : [];
  const joined = yield* acceptCall(db, call, { platformIds: [platform_id] });
  return [...fresh, ...joined, ...(yield* joinWatermarks(db, yield* sentByReceipts(db, call, fresh)))];
}

function* writeAttempt(db: Db, call: StoredCall, attempt: Settlement): Work<void> {
  yield* db.insert("attempts", {
    channel_id: call.channel_id,
    call_id: call.id,
    at: attempt.startedAt,
    ended_at: attempt.at,
    outcome: attempt.outcome.kind,
    http_status: attempt.httpStatus ?? null,
    problem: toJson(problemOf(attempt.outcome)),
  });
}

export function problemOf(outcome: Outcome): PlatformProblem | undefined {
  return outcome.kind === "accepted" ? undefined : outcome.problem;
}

/**
 * The platform has this call: by its answer, or because it reports on it. Gives the receipts that had come before
 * their call was known. A message that is half unknown stays cut off: its later calls were skipped for good.
 */
export function* acceptCall(
  db: Db,
  call: StoredCall & { is_marked?: number | null },
  { platformIds, aliases = [] }: { platformIds: string[]; aliases?: string[] },
): Work<NewReceipt[]> {
  const known = fromJson<string[]>(call.platform_ids) ?? [];
  const all = [...new Set([...platformIds, ...known])];
  yield* db.update("calls", call.id, { state: "accepted", platform_ids: JSON.stringify(all), problem: null });
  const owner = { channelId: call.channel_id, messageId: call.message_id, callId: call.id };
  for (const id of platformIds) yield* claimPlatformId(db, id, owner);
  const parked = (yield* each(platformIds, (id) => joinParked(db, call, id))).flat();
  yield* nameRecipient(db, call, aliases);
  const sent = yield* sentByReceipts(db, call, parked);
  return call.is_marked === null ? parked : [...parked, ...(yield* joinWatermarks(db, sent))];
}

/** What else the platform calls the recipient of a call; nothing in a group. */
export function* nameRecipient(db: Db, call: StoredCall, aliases: readonly string[]): Work<void> {
  if (aliases.length === 0) return;
  const known = yield* db.all<{ contact_id: string; alias: string }>(
    `SELECT a.contact_id, a.alias FROM calls c JOIN conversations v ON v.id = c.conversation_id
     JOIN aliases a ON a.contact_id = v.contact_id WHERE c.id = ?`,
    call.id,
  );
  const [first] = known;
  if (!first || aliases.every((name) => known.some(({ alias }) => alias === name))) return;
  yield* joinAliases(db, first.contact_id, { channelId: call.channel_id, aliases });
}

/** Gives a message up: what of it waits never leaves. */
export function* giveUp(
  db: Db,
  messageId: string,
  { as, ...news }: { as: "skipped" | "expired" | "cancelled" } & News,
): Work<void> {
  // The + keeps to the message's few calls: by state, a backlog is walked for each.
  yield* db.run("UPDATE calls SET state = ? WHERE message_id = ? AND +state = 'queued'", as, messageId);
  yield* refresh(db, messageId, news);
}

function* closeOrRequeue(db: Db, call: StoredCall, { outcome, retryAt, unanswered }: Settlement): Work<void> {
  if (outcome.kind === "accepted") return;
  if (outcome.kind === "unknown") {
    yield* db.update("calls", call.id, { unanswered: call.unanswered + 1 });
    // Of a channel that was removed while this call was under way no word comes any more.
    const next = (yield* isConnected(db, call.channel_id)) ? unanswered : undefined;
    yield* leaveUnanswered(db, call, { problem: outcome.problem, next: next ?? { as: "unknown" } });
    return;
  }
  const isByUpload = outcome.kind === "rejected" && outcome.isUnfetched;
  const isAgain = (outcome.kind === "retry" || isByUpload) && retryAt !== undefined;
  // Nor does anything leave there.
  const isCutOff = isAgain && !(yield* isConnected(db, call.channel_id));
  if (isAgain && !isCutOff) {
    const by_upload = isByUpload ? 1 : call.by_upload;
    yield* db.update("calls", call.id, {
      state: "queued",
      due_at: retryAt,
      by_upload,
      problem: toJson(outcome.problem),
    });
  } else if (isCutOff) yield* refuse(db, call, "rejected", channelRemoved);
  else yield* refuse(db, call, isOutOfTime(call, outcome) ? "expired" : "rejected", outcome.problem);
}

/** Of this try it is certain; where an earlier one left and was not answered, the call may have arrived all the same. */
function* refuse(
  db: Db,
  call: StoredCall,
  state: "rejected" | "expired",
  problem: PlatformProblem,
): Work<void> {
  const message = `An earlier try was not answered and may have arrived. The last one was refused: ${problem.message}`;
  if (call.unanswered === 0) yield* close(db, call, state, problem);
  else yield* close(db, call, "unknown", { ...problem, code: "unanswered", message });
}

/** Not for want of tries, and yet there is no other one. */
function isOutOfTime({ tries }: StoredCall, outcome: Outcome): boolean {
  return outcome.kind === "retry" && (outcome.maxTries === undefined || tries < outcome.maxTries);
}

/** What follows a refused part makes no sense; what follows an unknown one could be the whole twice over. */
function* close(db: Db, call: StoredCall, state: CallState, problem: PlatformProblem): Work<void> {
  yield* db.update("calls", call.id, { state, problem: toJson(problem) });
  yield* db.run(
    "UPDATE calls SET state = 'skipped' WHERE message_id = ? AND position > ? AND state = 'queued'",
    call.message_id,
    call.position,
  );
}

function* leaveUnanswered(
  db: Db,
  call: StoredCall,
  { problem, next }: { problem: PlatformProblem; next: Unanswered },
): Work<void> {
  if (next.as === "held")
    yield* db.update("calls", call.id, { state: "held", due_at: next.dueAt, problem: toJson(problem) });
  else if (next.as === "resent")
    yield* db.update("calls", call.id, { state: "queued", due_at: next.dueAt, problem: toJson(problem) });
  else yield* close(db, call, next.as === "failed" ? "rejected" : "unknown", problem);
}

/** The platform's word of a call did not come in time; or, of one that waits to be sent again, there is none left. */
export function* endHold(
  db: Db,
  callId: string,
  { verdict, at }: { verdict: Verdict; at: number },
): Work<void> {
  const call = yield* readCall(db, callId);
  const problem = fromJson<PlatformProblem>(call?.problem ?? null);
  const isOpen = call?.state === "held" || (call?.state === "queued" && call.unanswered > 0);
  if (!call || !isOpen || !problem) return;
  yield* leaveUnanswered(db, call, { problem, next: verdict });
  yield* refresh(db, call.message_id, { at, source: "gateway" });
}

/** Nothing tells any more of what a removed channel has sent. */
export function* endHolds(db: Db, channelId: string, at: number): Work<void> {
  const held = yield* db.all<{ id: string }>(
    "SELECT id FROM calls WHERE (state = 'held' OR (state = 'queued' AND unanswered > 0)) AND channel_id = ?",
    channelId,
  );
  for (const { id } of held) yield* endHold(db, id, { verdict: { as: "unknown" }, at });
}

interface Parked {
  receipt: Receipt;
  at: number;
  problem: string | null;
  aliases: string | null;
}

function* joinParked(db: Db, call: StoredCall, platformId: string): Work<NewReceipt[]> {
  const waits = `SELECT 1 FROM parked WHERE channel_id = ?1 AND platform_id = ?2
    UNION ALL SELECT 1 FROM echoes WHERE channel_id = ?1 AND platform_id = ?2 LIMIT 1`;
  if (!(yield* db.one(waits, call.channel_id, platformId))) return [];
  const sql =
    "DELETE FROM parked WHERE channel_id = ? AND platform_id = ? RETURNING receipt, at, problem, aliases";
  const echo = yield* takeEcho(db, call.channel_id, platformId);
  const echoed: Parked[] = echo ? [{ receipt: "sent", at: echo.at, problem: null, aliases: null }] : [];
  const parked = [...(yield* db.all<Parked>(sql, call.channel_id, platformId)), ...echoed];
  for (const { aliases } of parked) yield* nameRecipient(db, call, fromJson<string[]>(aliases) ?? []);
  const receipts = parked
    .map(({ receipt, at, problem }) => ({ receipt, at, problem: fromJson<PlatformProblem>(problem) }))
    .sort((a, b) => a.at - b.at);
  return yield* chosen(receipts, (receipt) => addReceipt(db, call, receipt));
}
