import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { GatewayError } from "../core/problem.ts";
import { endUnread, protectAnswer } from "./answer-headers.ts";
import { type ConsoleFiles, sendNoSuchPage } from "./console.ts";
import { hostCheck } from "./hosts.ts";
import { methodsAt } from "./operations.ts";
import { sendProblem } from "./problem.ts";
import type { Server } from "./server.ts";

/** What holds for every request, whatever its address, before a byte of its body is read. */
export function guardRequests(app: FastifyInstance, { settings }: Server, pages: ConsoleFiles): void {
  const checkHost = hostCheck(settings.isLoopback, settings.publicUrl);
  app.addHook("onRequest", (request, reply, done) => {
    protectAnswer(reply);
    checkHost(hostOf(request, reply));
    if (request.is404) return void notFound(request, reply, pages);
    refuseEncoding(request.raw.headers["content-encoding"]);
    done();
  });
  app.addHook("onSend", (request, reply, _payload, done) => {
    endUnread(request, reply);
    done();
  });
  app.setNotFoundHandler((request, reply) => notFound(request, reply, pages));
}

/** Node takes the first of several; a proxy may have taken another. HTTP/1.1 has exactly one. */
function hostOf({ raw }: FastifyRequest, reply: FastifyReply): string | undefined {
  const hosts = hostsIn(raw.rawHeaders);
  if (hosts.length === 1 || (hosts.length === 0 && raw.httpVersion === "1.0")) return hosts[0];
  reply.header("connection", "close");
  throw new GatewayError("bad_request", "The request must have one header Host.");
}

function hostsIn(rawHeaders: readonly string[]): string[] {
  const hosts: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts.push(rawHeaders[at + 1]!);
  }
  return hosts;
}

function notFound(request: FastifyRequest, reply: FastifyReply, pages: ConsoleFiles): FastifyReply {
  const path = request.url.split("?")[0]!;
  const methods = methodsAt(path);
  if (methods.length === 0 && sendNoSuchPage(pages, request, reply)) return reply;
  if (methods.length === 0)
    return sendProblem(reply, new GatewayError("not_found", `There is no ${request.method} ${path}.`));
  const detail = `${path} takes ${methods.join(" and ")}, not ${request.method}.`;
  return sendProblem(
    reply.header("allow", methods.join(", ")),
    new GatewayError("method_not_allowed", detail),
  );
}

/** Nothing is decompressed: what a small body becomes is never a surprise. */
function refuseEncoding(encoding: string | undefined): void {
  if (encoding === undefined || encoding.toLowerCase() === "identity") return;
  throw new GatewayError("unsupported_media_type", "Send the body as it is, without content-encoding.");
}
