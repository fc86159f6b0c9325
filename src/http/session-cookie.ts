import type { FastifyReply, FastifyRequest } from "fastify";
import { longestMs } from "../gateway/access/sessions.ts";

/**
 * Where the browser speaks TLS, the name itself has it refuse a cookie that another host of the domain has set. Without
 * TLS it has the port: cookies know none, and two gateways on one machine would sign each other out.
 */
function nameFor(request: FastifyRequest): string {
  return request.protocol === "https" ? "__Host-antiphon" : `antiphon_${request.socket.localPort}`;
}

export function tokenIn(request: FastifyRequest): string | undefined {
  const name = nameFor(request);
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const at = pair.indexOf("=");
    if (pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim() || undefined;
  }
  return undefined;
}

/** No script reads it, and no other site's page has it sent. The session ends earlier when it is not used. */
export function keepToken(request: FastifyRequest, reply: FastifyReply, token: string): void {
  setCookie(request, reply, { value: token, seconds: longestMs / 1000 });
}

export function dropToken(request: FastifyRequest, reply: FastifyReply): void {
  setCookie(request, reply, { value: "", seconds: 0 });
}

function setCookie(
  request: FastifyRequest,
  reply: FastifyReply,
  { value, seconds }: { value: string; seconds: number },
): void {
  const secure = request.protocol === "https" ? "; Secure" : "";
  const cookie = `${nameFor(request)}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  reply.header("set-cookie", cookie);
}
