import { spelling } from "../person-redaction.ts";
import { hashedId, isOfErased } from "./bare.ts";
import { fromJson, toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { byPlatformId, type StoredCall } from "./messages.ts";
import { addReceipt, type NewReceipt, refresh } from "./progress.ts";
import type { EventOf, Setting } from "./setting.ts";
import { acceptCall, nameRecipient, readCall } from "./settle.ts";
import { joinWatermarks, sentByReceipts } from "./watermark.ts";

type StatusEvent = EventOf<"status">;

/**
 * A receipt finds its call by the platform's id, or by the token that the platform echoes; then the call counts as
 * accepted, whatever our own request learns. One of an unknown message waits for the call that will bring its id.
 */
export function* digestReceipt(setting: Setting, event: StatusEvent): Work<void> {
  const { db, channelId, at, steady, learned } = setting;
  const call = yield* findCall(db, channelId, event);
  const receipt: NewReceipt = { receipt: event.status, at: event.at ?? at, problem: event.problem };
  if (!call) {
    yield* park(db, channelId, event, receipt);
    return;
  }
  if (isOfErased(call)) for (const name of event.aliases ?? []) setting.strangers.add(spelling(name));
  // Accepted under another id it was sent again; one that a person settled as sent has none.
  const ids = fromJson<string[]>(call.platform_ids) ?? [];
  const isKnown = ids.includes(event.platformId) || ids.includes(hashedId(db, event.platformId));
  const isLearned = call.state !== "accepted" || !isKnown;
  const parked = isLearned ? yield* acceptCall(db, call, { platformIds: [event.platformId] }) : [];
  const fresh = (yield* addReceipt(db, call, receipt)) ? [receipt] : [];
  learned.heard.push(call.conversation_id);
  if (fresh.length > 0 && event.status === "sent" && event.token !== undefined && call.began_at !== null)
    learned.echoedAfterMs.push(Math.max(0, steady - call.began_at));
  yield* nameRecipient(db, call, event.aliases ?? []);
  const joined = yield* joinWatermarks(db, yield* sentByReceipts(db, call, fresh));
  const receipts = [...parked, ...fresh, ...joined];
  if (isLearned || receipts.length > 0)
    yield* refresh(db, call.message_id, { at, source: "platform", receipts });
}

function* findCall(db: Db, channelId: string, event: StatusEvent): Work<StoredCall | undefined> {
  const known = yield* byPlatformId(db, channelId, event.platformId);
  if (known) return known.call_id === null ? undefined : yield* readCall(db, known.call_id);
  return event.token === undefined
    ? undefined
    : yield* callByToken(db, channelId, { ...event, token: event.token });
}

/**
 * The call that a token names, whatever became of it: of what was sent twice the platform tells twice. Messages drawn
 * before each of their calls told its place have one token for all: there the receipt is of the call whose answer is
 * missing, or was a refusal that invites another try although the platform took the message.
 */
function* callByToken(
  db: Db,
  channelId: string,
  { token, call: place }: { token: string; call?: number },
): Work<StoredCall | undefined> {
  const calls = yield* db.all<StoredCall>(
    `SELECT c.* FROM messages m JOIN calls c ON c.message_id = m.id WHERE m.channel_id = ? AND m.token = ?
     ORDER BY c.position`,
    channelId,
    token,
  );
  const named = calls.length === 1 ? calls[0] : calls.find(({ position }) => position === place);
  if (named) return named.tries > 0 ? named : undefined;
  return place === undefined ? calls.find(isWanting) : undefined;
}

function isWanting({ state, tries, unanswered, platform_ids }: StoredCall): boolean {
  if (state === "queued") return tries > 0;
  if (state === "rejected") return unanswered > 0;
  if (state === "accepted") return unanswered > 0 && platform_ids === "[]";
  return state === "sending" || state === "held" || state === "unknown";
}

/**
 * Who taps an option has the message: the call that offered it is accepted, whatever was learned of its answer. Of
 * several calls that offer options, a carousel's cards say, the token does not tell which.
 */
export function* digestTap(
  { db, channelId, at, learned }: Setting,
  { answer }: EventOf<"received">,
): Work<void> {
  if (answer?.by !== "token") return;
  const calls = yield* db.all<StoredCall>(
    `SELECT c.* FROM messages m JOIN calls c ON c.message_id = m.id WHERE m.channel_id = ? AND m.token = ?`,
    channelId,
    answer.token,
  );
  const offering = calls.length === 1 ? calls : calls.filter(({ call }) => call.includes(answer.token));
  const [call] = offering;
  if (!call || offering.length > 1 || !["sending", "held", "unknown"].includes(call.state)) return;
  const parked = yield* acceptCall(db, call, { platformIds: answer.platformId ? [answer.platformId] : [] });
  learned.heard.push(call.conversation_id);
  yield* refresh(db, call.message_id, { at, source: "gateway", receipts: parked });
}

function* park(
  db: Db,
  channelId: string,
  event: StatusEvent,
  { receipt, at, problem }: NewReceipt,
): Work<void> {
  yield* db.run(
    `INSERT INTO parked (channel_id, platform_id, receipt, at, problem, aliases) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
    channelId,
    event.platformId,
    receipt,
    at,
    toJson(problem),
    toJson(event.aliases),
  );
}
