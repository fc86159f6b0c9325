import { isObject } from "../../core/json.ts";
import type { HttpResponse, Outcome } from "../../core/platform.ts";
import type { PlatformProblem } from "../../core/problem.ts";
import { platformIdOf } from "./message-id.ts";

interface Refusal {
  status: number;
  code: number;
  description: string;
  parameters: Record<string, unknown>;
  headers: Record<string, string>;
}
interface Rule {
  code?: number;
  says?: RegExp;
  outcome: "accepted" | "retry" | "rejected" | "revoked";
  /** Telegram could not get the file from its link. */
  isUnfetched?: true;
  hint?: string;
}

/**
 * Telegram's errors by code and the beginning of their text (the texts have no codes of their own); the first
 * that fits decides. Sources: https://core.telegram.org/bots/api#making-requests and
 * https://github.com/tdlib/telegram-bot-api, read 2026-11-21.
 */
const rules: readonly Rule[] = [
  { code: 429, outcome: "retry" },
  // An album's error has no parameters and hides the real one in its text.
  { says: /too many requests: retry after/i, outcome: "retry" },
  { says: /message is not modified/i, outcome: "accepted" },
  { says: /query is too old/i, outcome: "accepted" },
  { says: /poll has already been closed/i, outcome: "accepted" },
  { says: /upgraded to a supergroup/i, outcome: "rejected" },
  {
    code: 401,
    outcome: "revoked",
    hint: "Telegram does not know this token: set the channel's bot_token anew.",
  },
  {
    code: 404,
    outcome: "rejected",
    hint: "The token or the method is wrong: check the channel's bot_token.",
  },
  { says: /blocked by the user/i, outcome: "rejected", hint: "Wait until the person unblocks the bot." },
  { says: /can't initiate conversation/i, outcome: "rejected", hint: "The person must press Start first." },
  {
    says: /chat not found|user not found|chat_id is empty/i,
    outcome: "rejected",
    hint: "Check `to`: a chat id is known only once the person has written to the bot.",
  },
  { says: /button URL/i, outcome: "rejected", hint: "Give the button a URL that Telegram opens." },
  {
    // The server puts some of Telegram's own WEBPAGE_… in words and passes others on.
    says: /HTTP URL|web page content|WEBPAGE_\w+|WEBDOCUMENT_\w+|EXTERNAL_URL_INVALID/i,
    outcome: "rejected",
    isUnfetched: true,
    hint: "Telegram could not fetch the file: its link must be public, and at most 5 MB for a photo or 20 MB for others.",
  },
  {
    says: /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN/i,
    outcome: "rejected",
    hint: "Give the bot the right to write in this chat.",
  },
];

/** What an answer to a call means. An answer in Telegram's own shape decides by its code, whatever the HTTP status. */
export function interpret(response: HttpResponse): Outcome {
  const envelope = readEnvelope(response);
  if (envelope?.ok === true) return { kind: "accepted", platformIds: idsOf(envelope.result) };
  if (envelope?.ok === false) return judge(readRefusal(envelope, response));
  return withoutEnvelope(response);
}

/** The answer's JSON object, or undefined where it is none. */
export function readEnvelope(response: HttpResponse): Record<string, unknown> | undefined {
  try {
    const body: unknown = JSON.parse(response.body);
    return isObject(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function readRefusal(envelope: Record<string, unknown>, { status, headers }: HttpResponse): Refusal {
  const { error_code: code, description, parameters } = envelope;
  return {
    status,
    code: typeof code === "number" ? code : status,
    description: isText(description) ? description : `Telegram answered ${status}.`,
    parameters: isObject(parameters) ? parameters : {},
    headers,
  };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

/** The refusal in Telegram's own shape as a problem, or undefined for any other answer. */
export function refusalOf(
  response: HttpResponse,
): { code: number; afterSeconds?: number; problem: PlatformProblem } | undefined {
  const envelope = readEnvelope(response);
  if (envelope?.ok !== false) return undefined;
  const refusal = readRefusal(envelope, response);
  return { code: refusal.code, afterSeconds: afterSecondsOf(refusal), problem: problemOf(refusal) };
}

function judge(refusal: Refusal): Outcome {
  const rule = ruleFor(refusal);
  if (rule?.outcome === "accepted") return { kind: "accepted", platformIds: [] };
  const problem = problemOf(refusal);
  if (rule?.outcome === "revoked")
    return { kind: "retry", scope: "channel", until: "new_credentials", problem };
  // The answer does not tell which limit was met. The chat's is met first by far, and it alone can last long;
  // a bot over its own total hears it again in the next chat, which then pauses too.
  if (rule?.outcome === "retry")
    return { kind: "retry", afterSeconds: afterSecondsOf(refusal), scope: "contact", problem };
  if (refusal.code >= 500) return { kind: "retry", scope: "contact", problem };
  return rule?.isUnfetched ? { kind: "rejected", problem, isUnfetched: true } : { kind: "rejected", problem };
}

function ruleFor({ code, description }: Refusal): Rule | undefined {
  return rules.find(
    (rule) => (rule.code === undefined || rule.code === code) && (rule.says?.test(description) ?? true),
  );
}

function problemOf(refusal: Refusal): PlatformProblem {
  const moved = refusal.parameters.migrate_to_chat_id;
  const hint =
    typeof moved === "number" ? `The group is now ${moved}: send to that id.` : ruleFor(refusal)?.hint;
  return { code: String(refusal.code), message: refusal.description, ...(hint ? { hint } : {}) };
}

function afterSecondsOf({ parameters, description, headers }: Refusal): number | undefined {
  const told = [parameters.retry_after, /retry after (\d+)/i.exec(description)?.[1], headers["retry-after"]];
  return told.map(secondsOf).find((seconds) => seconds !== undefined);
}

/** Longer than any wait that can be meant; the time after it would be none. */
const tooManySeconds = 1_000_000_000;

/** A number, or its digits: `null` and the like, which JavaScript takes for 0, tell no time. */
function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === "string" && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
  return typeof seconds === "number" && seconds >= 0 && seconds < tooManySeconds ? seconds : undefined;
}

/** A proxy's page, or nothing. A server error may have come after the message was taken. */
function withoutEnvelope({ status, headers }: HttpResponse): Outcome {
  const problem = {
    code: String(status),
    message: `The answer (HTTP ${status}) is not Telegram's.`,
    hint: "Check what stands between this gateway and Telegram.",
  };
  if (status === 429) {
    const afterSeconds = afterSecondsOf({ status, code: status, description: "", parameters: {}, headers });
    return { kind: "retry", afterSeconds, scope: "contact", problem };
  }
  return status >= 300 && status < 500 ? { kind: "rejected", problem } : { kind: "unknown", problem };
}

/** Ids of the message (or messages) in a result, then of its poll; none where the result is no message. */
function idsOf(result: unknown): string[] {
  const messages = (Array.isArray(result) ? result : [result]).filter(isObject);
  const ids = messages.flatMap(({ chat, message_id: id }) =>
    isObject(chat) && typeof chat.id === "number" && typeof id === "number"
      ? [platformIdOf(chat.id, id)]
      : [],
  );
  const polls = messages.flatMap(({ message_id: id, poll }) =>
    id !== undefined && isObject(poll) && typeof poll.id === "string" ? [`poll:${poll.id}`] : [],
  );
  return [...ids, ...polls];
}
