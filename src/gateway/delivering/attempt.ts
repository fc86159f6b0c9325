import { GatewayError } from "../../core/problem.ts";
import { deliveryBackoffMs, type Random } from "../../core/retry.ts";
import type { AfterAttempt } from "../../store/delivering.ts";
import type {
  AttemptCategory,
  DeathReason,
  DeliveryAttempt,
  DeliveryRow,
} from "../../store/endpoint-rows.ts";
import type { Exchange, ExchangeLimits } from "../transport.ts";

const deliveryLimits = { deadlineMs: 15_000, maxBytes: 4 * 1024 };

type Told = Pick<DeliveryAttempt, "category" | "httpStatus" | "answer" | "error">;

/** What is kept of an exchange with an endpoint: the status and the first of the answer, or why there is none. */
export function toldOf(exchange: Exchange): Told & { category: AttemptCategory } {
  if (exchange.kind === "answer") {
    const { status, body } = exchange.response;
    return { category: categoryOfStatus(status), httpStatus: status, answer: body };
  }
  const { kind, reason } = exchange;
  const error = `${kind === "unwritten" ? "not reached" : "no answer"}: ${reason}`;
  return { category: categoryOfReason(reason), error };
}

/**
 * Posts as long as the endpoint is this node's. What was held back since that was in doubt is no try, for the endpoint knows
 * nothing of it: it throws `unavailable`, as a store does that cannot be asked.
 */
export async function whileItStands(
  stands: () => boolean,
  post: (limits: ExchangeLimits) => Promise<Exchange>,
): Promise<Exchange> {
  let isHeldBack = false;
  const mayLeave = () => {
    isHeldBack = !stands();
    return !isHeldBack;
  };
  const exchange = await post({ ...deliveryLimits, mayLeave });
  if (isHeldBack) throw new GatewayError("unavailable", "It may be another node's by now: nothing was sent.");
  return exchange;
}

/** In words, for people: what an endpoint did last. */
export function inWords({ httpStatus, error }: Told): string {
  return httpStatus === undefined ? (error ?? "not tried") : `answered ${httpStatus}`;
}

function categoryOfStatus(status: number): AttemptCategory {
  if (status >= 200 && status < 300) return "ok";
  return status >= 300 && status < 400 ? "redirect" : "status";
}

const byReason: readonly [RegExp, AttemptCategory][] = [
  [/^BLOCKED_ADDRESS$/, "blocked"],
  [/^(ENOTFOUND|EAI_AGAIN|ENODATA|ESERVFAIL)$/, "dns"],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES)$/, "refused"],
  [/^(no answer in time|ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, "timeout"],
  // Node names OpenSSL's verdicts on certificates as they are: DEPTH_ZERO_SELF_SIGNED_CERT, CERT_HAS_EXPIRED, …
  [/^ERR_(TLS|SSL)_|CERT|^UNABLE_TO_|_CRL|^HOSTNAME_MISMATCH$|^EPROTO$/, "tls"],
];

function categoryOfReason(reason: string): AttemptCategory {
  return byReason.find(([pattern]) => pattern.test(reason))?.[1] ?? "broken";
}

const longestRetryAfterMs = 24 * 3_600_000;

/** How long an answer asks to wait, in seconds or as a date of our wall clock; a day at most. */
export function retryAfterMs(exchange: Exchange, wallNow: number): number | undefined {
  const text = exchange.kind === "answer" ? exchange.response.headers["retry-after"]?.trim() : undefined;
  if (!text) return undefined;
  // Date.parse takes much for a date: every form of HTTP's begins with a day's name.
  const date = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
  const waitMs = /^\d{1,10}$/.test(text) ? Number(text) * 1000 : date - wallNow;
  return Number.isNaN(waitMs) ? undefined : Math.min(longestRetryAfterMs, Math.max(0, waitMs));
}

/** Of what cannot be sent any more, whoever tries. */
export const damaged = "corrupt: what was stored of it is damaged, or gone";

/** What becomes of a delivery after a try. One that failed in the gateway itself has no category, and is tried again. */
export function afterAttempt(
  { tries, firstTriedAt }: Pick<DeliveryRow, "tries" | "firstTriedAt">,
  { category, httpStatus, error }: DeliveryAttempt,
  when: { beganAt: number; endedAt: number; pauseMs?: number; random: Random },
): AfterAttempt {
  const { beganAt, endedAt, pauseMs = 0, random } = when;
  if (category === "ok") return { state: "delivered" };
  const dead = (reason: DeathReason): AfterAttempt => ({ state: "dead", reason });
  if (error === damaged) return dead("corrupt");
  if (httpStatus === 410) return dead("gone");
  const sinceFirstMs = endedAt - (firstTriedAt ?? beganAt);
  const waitMs = deliveryBackoffMs(tries + 1, sinceFirstMs, random);
  return waitMs === null ? dead("tries") : { state: "pending", dueAt: endedAt + Math.max(waitMs, pauseMs) };
}
