import type { FastifyReply, FastifyRequest } from "fastify";

/** Of an answer that no browser is to run, frame, guess the type of, keep, or tell others of. */
export const answerHeaders = {
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
} as const;

/** Before a route may say otherwise, as the page of `/docs` does. */
export function protectAnswer(reply: FastifyReply): void {
  reply.headers(answerHeaders);
}

/** An answer that does not wait for the rest of a body must not read it either: the connection ends with it. */
export function endUnread(request: FastifyRequest, reply: FastifyReply): void {
  const { raw } = request;
  const hasBody = raw.headers["transfer-encoding"] !== undefined || Number(raw.headers["content-length"]) > 0;
  if (hasBody && !raw.complete) reply.header("connection", "close");
}
