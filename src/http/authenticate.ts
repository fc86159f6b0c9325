import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "../core/caller.ts";
import { GatewayError } from "../core/problem.ts";
import { covers } from "../core/scope.ts";
import type { Admittance } from "../gateway/access/keys.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { Operation } from "./operation.ts";
import { tellQuotas } from "./rate-limit.ts";
import { demandOwnPage } from "./same-page.ts";
import type { Server } from "./server.ts";
import { tokenIn } from "./session-cookie.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who asks, as its key was when it was last looked at. On every route that needs a key, and on no other. */
    caller: Caller;
    /** Where the session's cookie tells it: which session. */
    sessionHash?: string;
  }
}

/** Lets in, on every route below, the keys that its operation's scope asks for. */
export function authenticate(app: FastifyInstance, server: Server): void {
  app.decorateRequest("caller");
  app.decorateRequest("sessionHash");
  app.addHook("onRequest", (request, reply, done) => {
    request.caller = callerOf(request, reply, server);
    demand(request.caller, request.routeOptions.config.operation!);
    done();
  });
  // A body may take long to come.
  app.addHook("preHandler", (request, _reply, done) => {
    admitAgain(request, server);
    done();
  });
}

/**
 * Looks again at the key of a request that was let in and has waited since: for its body, a platform or an endpoint.
 * It may have been revoked, rotated or narrowed meanwhile. `request.caller` is then what the key is now.
 */
export function admitAgain(request: FastifyRequest, { gateway }: Server): void {
  // A session ends by itself; a key's row is another one with any change of it.
  if (request.sessionHash === undefined && gateway.keys.isUnchanged(request.caller)) return;
  const admittance = admittanceOf(request, gateway);
  if (!("caller" in admittance)) throw new GatewayError("unauthorized", admittance.reason);
  request.caller = admittance.caller;
  demand(request.caller, request.routeOptions.config.operation!);
}

const noKey = "Send the API key as Authorization: Bearer <key>, or as x-api-key: <key>.";
const noSession = "The session has ended: sign in again.";

/**
 * Who asks, by `Authorization: Bearer …` or `x-api-key`, else by the cookie of a session of the console. A valid key is
 * always let in, however often others failed from the same address; whoever has none is refused, and told how often still.
 */
export function callerOf(request: FastifyRequest, reply: FastifyReply, server: Server): Caller {
  const admittance = admittanceOf(request, server.gateway);
  // There is nothing to guess of 256 bits; a page that was left open would use up what others may mistype.
  if (!("caller" in admittance) && admittance.reason === noSession)
    throw new GatewayError("unauthorized", noSession);
  return admitted(request, reply, { server, admittance });
}

/** Who is let in; whoever is not is refused and counted. */
export function admitted(
  request: FastifyRequest,
  reply: FastifyReply,
  { server, admittance }: { server: Server; admittance: Admittance },
): Caller {
  if ("caller" in admittance) return admittance.caller;
  const { reason, claimedId } = admittance;
  throw failedAttempt(request, reply, { server, claimedId }) ?? new GatewayError("unauthorized", reason);
}

/** Counts it; what it is refused with, where there were too many. */
export function failedAttempt(
  request: FastifyRequest,
  reply: FastifyReply,
  { server, claimedId }: { server: Server; claimedId?: string },
): GatewayError | undefined {
  const quotas = server.failedAttempts.add(request.ip, claimedId);
  tellQuotas(reply, quotas);
  const exceeded = quotas.filter((quota) => quota.isExceeded);
  if (exceeded.length === 0) return undefined;
  const afterSeconds = Math.max(...exceeded.map((quota) => quota.resetSeconds));
  reply.header("retry-after", String(afterSeconds));
  const detail = `Too many requests without a valid API key; ask again in ${afterSeconds} seconds. A valid key is let in at once.`;
  return new GatewayError("rate_limited", detail);
}

/** Refuses a caller whose key lacks the scope, or is limited to channels where all are concerned. */
export function demand({ scopes, channels }: Caller, operation: Operation): void {
  const { scope, reach } = operation;
  const route = `${operation.method.toUpperCase()} ${operation.path}`;
  if (scope === "open" || scope === "any") return;
  if (!covers(scopes, scope)) {
    const detail = `${route} needs a key with the scope ${scope}; this one has ${scopes.join(", ")}.`;
    throw new GatewayError("forbidden", detail, { extra: { needed_scope: scope } });
  }
  if (reach !== undefined || channels.length === 0) return;
  throw new GatewayError("forbidden", `${route} needs a key for all channels; this one is limited to some.`);
}

function admittanceOf(request: FastifyRequest, { keys, sessions }: Gateway): Admittance {
  const given = keyIn(request);
  if (given !== undefined) return keyAdmittance(given, (text) => keys.authenticate(text));
  const token = tokenIn(request);
  if (token === undefined) return { reason: noKey };
  demandOwnPage(request);
  const session = sessions.use(token);
  if (!session) return { reason: noSession };
  request.sessionHash = session.hash;
  return { caller: session.caller };
}

/** Clients send what is not ASCII as UTF-8 or as Latin-1; Node reads all as Latin-1. */
function keyAdmittance(given: string, authenticate: (text: string) => Admittance): Admittance {
  const first = authenticate(given);
  const other = Buffer.from(given, "latin1").toString("utf8");
  if ("caller" in first || other === given) return first;
  return authenticate(other);
}

function keyIn({ headers }: FastifyRequest): string | undefined {
  return bearer(headers.authorization) ?? single(headers["x-api-key"]);
}

function bearer(header: string | undefined): string | undefined {
  return /^Bearer +(\S(?:.*\S)?) *$/i.exec(header ?? "")?.[1];
}

function single(header: string | string[] | undefined): string | undefined {
  return typeof header === "string" ? header : undefined;
}
