import type { PlatformProblem } from "../../core/problem.ts";
import { type CallProgress, type MessageStatus, messageStatus, type Receipt } from "../../core/status.ts";
import { advance, messageReport, reachedStatuses } from "../report.ts";
import type { StatusChange } from "../rows.ts";
import { isOfErased } from "./bare.ts";
import { followBlock } from "./blocked-lanes.ts";
import { fromJson, toJson } from "./columns.ts";
import type { Db, Work } from "./db.ts";
import { tell } from "./events.ts";
import { reportedOf, type StoredCall, type StoredMessage, selectMessage } from "./messages.ts";

export interface NewReceipt {
  receipt: Receipt;
  at: number;
  problem?: PlatformProblem;
  matchedBy?: StatusChange["matchedBy"];
}

/** Something was learned of a message. */
export interface News {
  at: number;
  source: StatusChange["source"];
  /** New to the store. */
  receipts?: NewReceipt[];
  /** Why it fails, where no call can say it. */
  problem?: PlatformProblem;
}

/** What of a message is learned with its calls. */
type Learned = "status" | "problem" | "platform_ids" | "reported";

interface Known {
  isMatched: boolean;
  state: CallProgress["state"];
  receipts: Map<Receipt, PlatformProblem | undefined>;
  platformIds: string[];
  problem?: PlatformProblem;
}

/** Derives a message's status anew from all that is known of its calls; records and tells what changed. */
export function* refresh(db: Db, messageId: string, news: News): Work<void> {
  const row = yield* db.one<StoredMessage>(`${selectMessage} WHERE m.id = ?`, messageId);
  if (!row) return;
  const calls = yield* readKnown(db, messageId);
  const progress = calls.map(({ state, receipts }) => ({ state, receipts: new Set(receipts.keys()) }));
  const before = row.status as MessageStatus;
  const status = advance(before, messageStatus(progress));
  const reached = reachedStatuses(progress);
  const told = new Set(row.reported.split(",").filter((name) => name !== ""));
  const fresh = [...reached].filter((name) => !told.has(name));
  // An earlier `unknown` leaves a problem too, which is not why the message may fail now.
  const isGiven = before === "failed" || before === "expired";
  const given = news.problem ?? (isGiven ? fromJson<PlatformProblem>(row.problem) : undefined);
  const problem = problemOf(status, calls, given);
  const platformIds = calls.flatMap((call) => call.platformIds);
  const shown = isOfErased(row) ? [] : platformIds;
  const learned = {
    status,
    problem: toJson(problem),
    platform_ids: JSON.stringify(platformIds),
    reported: [...told, ...fresh].join(","),
  };
  // An index of what stays is not touched.
  const changed = Object.entries(learned).filter(([column, value]) => row[column as Learned] !== value);
  yield* db.update("messages", messageId, Object.fromEntries(changed));
  const line = { status, isChanged: status !== before, problem };
  yield* writeHistory(db, row, { ...news, ...line });
  const isMatched = calls.some((call) => call.isMatched);
  for (const name of fresh) {
    const report = messageReport(
      { id: messageId, ...reportedOf(row), status, platformIds: shown },
      problemOf(name, calls, given),
    );
    yield* tell(db, {
      type: `message.${name}`,
      conversationId: row.conversation_id,
      at: news.at,
      message: name === "sent" && isMatched ? { ...report, matched_by: "content" } : report,
    });
  }
  if (status !== before) yield* followBlock(db, { ...row, ...learned }, { before, at: news.at });
}

/** False when the call had this receipt before. */
export function* addReceipt(
  db: Db,
  call: Pick<StoredCall, "id" | "channel_id">,
  { receipt, at, problem, matchedBy }: NewReceipt,
): Work<boolean> {
  const sql =
    "INSERT INTO receipts (channel_id, call_id, receipt, at, problem, matched_by) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";
  const told = [receipt, at, toJson(problem), matchedBy ?? null];
  return (yield* db.run(sql, call.channel_id, call.id, ...told)) > 0;
}

/** One line for a change that no receipt brought, one for each receipt. */
export function* writeHistory(
  db: Db,
  message: Pick<StoredMessage, "id" | "channel_id">,
  news: News & { status: MessageStatus; isChanged: boolean },
): Work<void> {
  const { status, at, source, receipts = [] } = news;
  const line = { channel_id: message.channel_id, message_id: message.id, status };
  if (news.isChanged && source !== "platform") {
    yield* db.insert("history", { ...line, at, source, problem: toJson(news.problem) });
  }
  for (const { receipt, at, problem, matchedBy } of receipts) {
    const told = { at, source: "platform", receipt, problem: toJson(problem), matched_by: matchedBy ?? null };
    yield* db.insert("history", { ...line, ...told });
  }
}

/** A call and one of its receipts, if it has any. */
interface StoredProgress extends Pick<StoredCall, "id" | "state" | "platform_ids" | "problem"> {
  receipt: Receipt | null;
  /** Why, as the receipt tells it. */
  told: string | null;
  matched_by: string | null;
}

const progressSql = `
SELECT c.id, c.state, c.platform_ids, c.problem, r.receipt, r.problem AS told, r.matched_by
FROM calls c LEFT JOIN receipts r ON r.call_id = c.id WHERE c.message_id = ? ORDER BY c.position, r.receipt`;

function* readKnown(db: Db, messageId: string): Work<Known[]> {
  const known = new Map<string, Known>();
  for (const row of yield* db.all<StoredProgress>(progressSql, messageId)) {
    const call = known.get(row.id) ?? {
      state: row.state,
      isMatched: false,
      platformIds: fromJson<string[]>(row.platform_ids) ?? [],
      problem: fromJson<PlatformProblem>(row.problem),
      receipts: new Map(),
    };
    known.set(row.id, call);
    if (row.receipt === null) continue;
    call.receipts.set(row.receipt, fromJson<PlatformProblem>(row.told));
    call.isMatched ||= row.matched_by !== null;
  }
  return [...known.values()];
}

const incomplete: PlatformProblem = {
  code: "incomplete",
  message: "A part of it was held back, because it was unknown whether the part before it had arrived.",
  hint: "Send the message again if the rest matters.",
};

/** Why it has this status; nothing where that needs no reason. */
function problemOf(
  status: MessageStatus,
  calls: Known[],
  given: PlatformProblem | undefined,
): PlatformProblem | undefined {
  const inState = (state: CallProgress["state"]) => calls.find((call) => call.state === state)?.problem;
  if (status === "unknown") return inState("unknown");
  if (status === "expired") return inState("expired") ?? given;
  if (status !== "failed") return undefined;
  const refused = calls.map((call) => call.receipts.get("failed")).find((problem) => problem);
  const isCutOff = calls.some((call) => call.state === "skipped");
  return inState("rejected") ?? refused ?? given ?? (isCutOff ? incomplete : undefined);
}
