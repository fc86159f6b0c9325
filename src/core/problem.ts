import type { JsonObject } from "./json.ts";

/** How a limit counts. */
export type Unit = "code_points" | "bytes" | "items" | "line_breaks" | "levels" | "seconds";

/** One mistake in a request body. `pointer` is a JSON pointer (RFC 6901) from the body's root. */
export interface FieldProblem {
  pointer: string;
  rule: string;
  limit?: number | string;
  actual?: number | string;
  unit?: Unit;
  message: string;
  hint?: string;
}

/** Every code that an error answer can carry, with its HTTP status and its title. */
export const problems = {
  invalid_json: { status: 400, title: "The body is not JSON" },
  invalid_idempotency_key: { status: 400, title: "The Idempotency-Key is not valid" },
  too_deep: { status: 400, title: "The body is nested too deeply" },
  too_many_values: { status: 400, title: "The body has too many values" },
  bad_request: { status: 400, title: "The request is not valid HTTP for this route" },
  unauthorized: { status: 401, title: "The API key is missing or wrong" },
  bad_signature: { status: 401, title: "The webhook is not signed by its platform" },
  forbidden: { status: 403, title: "The API key may not do this" },
  cross_site: { status: 403, title: "The session's cookie came from elsewhere than the console" },
  forbidden_host: { status: 403, title: "This host name is not served" },
  not_found: { status: 404, title: "There is nothing at this address" },
  unknown_channel: { status: 404, title: "There is no such channel" },
  method_not_allowed: { status: 405, title: "This address does not take this method" },
  request_timeout: { status: 408, title: "The request did not come in time" },
  conflict: { status: 409, title: "The request conflicts with what is there" },
  webhook_conflict: { status: 409, title: "Another program receives what is meant for this channel" },
  window_closed: { status: 409, title: "The contact's last message is too long ago" },
  idempotency_key_in_use: { status: 409, title: "A request with this Idempotency-Key is under way" },
  idempotency_key_interrupted: { status: 409, title: "The request with this Idempotency-Key was cut short" },
  body_too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The body must be JSON" },
  invalid_message: { status: 422, title: "The message breaks one or more rules" },
  not_representable: { status: 422, title: "The platform cannot show this message under the chosen policy" },
  invalid_request: { status: 422, title: "The request breaks one or more rules" },
  idempotency_key_reused: { status: 422, title: "This Idempotency-Key came with another body before" },
  endpoint_not_allowed: { status: 422, title: "Webhooks may not be sent to this address" },
  endpoint_not_ready: { status: 422, title: "The endpoint did not take the test delivery" },
  platform_refused: { status: 422, title: "The platform refused the credentials or the request" },
  rate_limited: { status: 429, title: "Too many requests without a valid API key" },
  too_many_tests: { status: 429, title: "Too many test deliveries were asked for" },
  queue_full: { status: 429, title: "Too many messages of this channel wait" },
  headers_too_large: { status: 431, title: "The headers are too large" },
  internal: { status: 500, title: "Something failed here" },
  platform_unreachable: { status: 502, title: "The platform did not answer" },
  overloaded: { status: 503, title: "Too much waits here" },
  unavailable: { status: 503, title: "Not able to take requests now" },
  disk_full: { status: 507, title: "The disk is full" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** Of a body that is nothing but mistakes, so many tell enough, each in so many characters. */
const maxErrors = 200;
const maxErrorText = 1_000;

/** A key of a megabyte comes back in pieces that tell which it was. */
function shortened(problem: FieldProblem): FieldProblem {
  const cut = (text: string) => (text.length > maxErrorText ? `${text.slice(0, maxErrorText)}…` : text);
  return { ...problem, pointer: cut(problem.pointer), message: cut(problem.message) };
}

/** The only error thrown on purpose: an edge turns it into problem+json. `detail` is a sentence for the caller. */
export class GatewayError extends Error {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors: FieldProblem[];
  readonly extra: JsonObject;

  constructor(
    code: ProblemCode,
    detail: string,
    more: { errors?: FieldProblem[]; extra?: JsonObject; cause?: unknown } = {},
  ) {
    super(detail, { cause: more.cause });
    this.name = "GatewayError";
    this.code = code;
    this.detail = detail;
    this.errors = (more.errors ?? []).slice(0, maxErrors).map(shortened);
    this.extra = more.extra ?? {};
  }
}

/** True for a refusal of the store that may be over soon: what was refused can be offered again. */
export function isPassing(error: unknown): error is GatewayError {
  return error instanceof GatewayError && (error.code === "unavailable" || error.code === "disk_full");
}

/** A platform's own refusal, as it stands in a message's history and in `message.failed`. */
export interface PlatformProblem {
  /** The platform's code, as text (`131047`, `403`), or ours (`expired`, `unanswered`). */
  code: string;
  message: string;
  hint?: string;
}
