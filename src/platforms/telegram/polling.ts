import { isObject, isWithinDepth } from "../../core/json.ts";
import type { Call, Platform } from "../../core/platform.ts";
import { readEnvelope, refusalOf } from "./interpret.ts";
import { allowedUpdates } from "./parse.ts";
import { wholeAt } from "./read.ts";

/** Updates in one answer, the most there can be. https://core.telegram.org/bots/api#getupdates, read 2026-11-21. */
const maxUpdates = 100;
/** After a conflict or an answer that is none: the other poller's 3 s of anti-spin, as measured on the server. */
const pauseSeconds = 3;

/** Far more than any update of Telegram's has. */
const maxDepth = 64;

function post(method: string, body: Call["body"]): Call {
  return { method: "POST", path: `/bot/${method}`, body, part: method };
}

/** Long polling: an update is confirmed only by the next call's offset, so nothing is lost before it is stored. */
export const poll: NonNullable<Platform["poll"]> = {
  prepare: () => [post("deleteWebhook", { drop_pending_updates: false })],
  call: (cursor, timeoutSeconds) =>
    post("getUpdates", {
      offset: cursor,
      timeout: timeoutSeconds,
      limit: maxUpdates,
      allowed_updates: allowedUpdates,
    }),
  read(response) {
    const envelope = readEnvelope(response);
    if (envelope?.ok === true && Array.isArray(envelope.result)) return read(envelope.result);
    const refusal = refusalOf(response);
    if (!refusal) {
      const message = `The answer (HTTP ${response.status}) is not Telegram's.`;
      const problem = { code: String(response.status), message };
      return { problem, afterSeconds: pauseSeconds, fatal: false };
    }
    const { code, problem } = refusal;
    if (code === 401 || code === 404) return { problem, fatal: true };
    const afterSeconds = refusal.afterSeconds ?? pauseSeconds;
    const rival = code === 409 ? rivalIn(problem.message) : undefined;
    return { problem, afterSeconds, fatal: false, ...(rival && { rival }) };
  },
};

/** Of two requests the older is ended. https://github.com/tdlib/telegram-bot-api, read 2026-11-21. */
function rivalIn(description: string): "poller" | "webhook" | undefined {
  if (/terminated by other getUpdates request/i.test(description)) return "poller";
  return /webhook is active|terminated by setWebhook/i.test(description) ? "webhook" : undefined;
}

function read(updates: unknown[]) {
  const ids = updates.flatMap((update) => (isObject(update) ? (wholeAt(update, "update_id") ?? []) : []));
  const cursor = ids.length > 0 ? Math.max(...ids) + 1 : null;
  return { payloads: updates.map((update) => ({ body: bodyOf(update) })), cursor };
}

/** Writing JSON recurses: what nests without end keeps its number alone, so that it stops nobody behind it. */
function bodyOf(update: unknown): string {
  if (isWithinDepth(update, maxDepth)) return JSON.stringify(update);
  return JSON.stringify({
    update_id: isObject(update) ? wholeAt(update, "update_id") : undefined,
    too_deep: {},
  });
}
