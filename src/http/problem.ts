import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import type { Log } from "../core/log.ts";
import { GatewayError, type ProblemCode, problems } from "../core/problem.ts";
import { valueWithoutTokens } from "../core/token-shape.ts";
import { protectAnswer } from "./answer-headers.ts";

/** Fastify's own refusals, in our words. */
const frameworkErrors: Record<string, { code: ProblemCode; detail: string }> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: "unsupported_media_type",
    detail: "Send JSON, with the header content-type: application/json.",
  },
};

/** Any error as a GatewayError. What nobody foresaw becomes `internal`, and only the log says more. */
export function asGatewayError(error: Error, log: Log, request: FastifyRequest): GatewayError {
  if (error instanceof GatewayError) return error;
  const { code, statusCode } = error as FastifyError;
  const known = frameworkErrors[code];
  if (known) return new GatewayError(known.code, known.detail);
  if (statusCode !== undefined && statusCode < 500) {
    return new GatewayError("bad_request", "The request could not be read. Check its headers and its body.");
  }
  log.error({ err: error, method: request.method, route: request.routeOptions.url }, "a request failed");
  return new GatewayError("internal", "Something failed here; the log has the reason. Nothing was accepted.");
}

/** When to ask again, in seconds, where asking again helps. A disk is not freed within a second. */
const retryAfterSeconds: Partial<Record<ProblemCode, number>> = {
  idempotency_key_in_use: 1,
  too_many_tests: 5,
  queue_full: 10,
  overloaded: 1,
  unavailable: 1,
  disk_full: 10,
};

export function retryAfter(reply: FastifyReply, { code }: GatewayError): FastifyReply {
  const afterSeconds = retryAfterSeconds[code];
  return afterSeconds === undefined ? reply : reply.header("retry-after", String(afterSeconds));
}

/** Answers with an RFC 9457 problem. */
export function sendProblem(reply: FastifyReply, error: GatewayError): FastifyReply {
  const { status } = problems[error.code];
  reply.problem = error.code;
  reply.problemCause = error.cause instanceof Error ? error.cause : null;
  // An address that the router refuses comes past no hook.
  protectAnswer(reply);
  if (status === 401) reply.header("www-authenticate", 'Bearer realm="antiphon"');
  return retryAfter(reply, error)
    .code(status)
    .type("application/problem+json; charset=utf-8")
    .send(problemJson(error));
}

/** Without what looks like a token: who put one into a wrong field has it in no log of theirs by our answer. */
export function problemJson({ code, detail, errors, extra }: GatewayError): object {
  const { status, title } = problems[code];
  const listed = errors.length > 0 ? { errors } : {};
  const said = valueWithoutTokens({ detail, ...listed, ...extra });
  return { type: `/problems/${code}`, title, status, code, ...said };
}
