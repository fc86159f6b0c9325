import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from "fastify";
import { z } from "zod";
import type { Caller } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import type { GatewayError, ProblemCode } from "../core/problem.ts";
import { allOf } from "../core/scope.ts";
import type { Admittance } from "../gateway/access/keys.ts";
import { rest } from "../gateway/rest.ts";
import { hashKey, sameHash } from "../gateway/secret.ts";
import { admitted, failedAttempt } from "./authenticate.ts";
import { isFromThisMachine } from "./hosts.ts";
import { asGatewayError, sendProblem } from "./problem.ts";
import { demandOwnPage } from "./same-page.ts";
import type { Server } from "./server.ts";
import { dropToken, keepToken, tokenIn } from "./session-cookie.ts";
import { readBody, rule } from "./shape.ts";

/** Read without a key: a key and what stands around it is a tenth of it. */
const bodyLimit = 4 * 1024;
const malformed: ReadonlySet<ProblemCode> = new Set([
  "bad_request",
  "body_too_large",
  "invalid_json",
  "invalid_request",
  "too_deep",
  "too_many_values",
  "unsupported_media_type",
]);
const maxText = 1_000;
/** Other nodes look for new sessions every 250 ms: the browser's next request may be for one of them. */
const knownElsewhereMs = 500;
const oneOfTwo = "Give either key or link.";

export const signInSchema = z
  .strictObject({
    key: z.string().min(1).max(maxText).optional().describe("An API key."),
    link: z.string().min(1).max(maxText).optional().describe("What stands behind the # of npm start's link."),
  })
  .superRefine(
    rule<{ key?: string; link?: string }>("one_of", ({ key, link }) =>
      (key === undefined) === (link === undefined) ? oneOfTwo : undefined,
    ),
  );

const foreignLink =
  "This link is not valid here: it is of an earlier start. npm start prints a new one; or sign in with an API key.";

/** Signing in to the console and out: of a browser, for good reasons without a key in a header. */
export function sessionRoutes(app: FastifyInstance, server: Server): void {
  const { gateway, settings } = server;
  const signIn: RouteShorthandOptions = {
    bodyLimit,
    onRequest: async (request) => demandOwnPage(request),
    errorHandler: (error, request, reply) => sendProblem(reply, counted(error, request, reply)),
  };
  const signOut: RouteShorthandOptions = {
    bodyLimit,
    onRequest: async (request) => {
      if (tokenIn(request) !== undefined) demandOwnPage(request);
    },
  };

  app.post("/v1/session", signIn, async (request, reply) => {
    const { key, link } = readBody(signInSchema, request.body);
    const admittance = key === undefined ? byLink(request, link!) : gateway.keys.authenticate(key);
    const caller = admitted(request, reply, { server, admittance });
    const { token } = await gateway.sessions.begin(caller, tokenIn(request));
    if (gateway.tenure.isShared) await rest(gateway.clock, knownElsewhereMs, new AbortController().signal);
    keepToken(request, reply, token);
    request.caller = caller;
    return reply.code(201).send(whoIs(caller, server));
  });

  app.delete("/v1/session", signOut, async (request, reply) => {
    const token = tokenIn(request);
    if (token !== undefined) {
      const hash = hashKey(token);
      // Told in the audit log: by whom it was.
      const caller = gateway.sessions.caller(hash);
      if (caller) request.caller = caller;
      await gateway.sessions.end(hash);
      dropToken(request, reply);
    }
    return reply.code(204).send();
  });

  /** A body that shows no key is a failed attempt as a wrong key is: reading it costs more. */
  function counted(error: Error, request: FastifyRequest, reply: FastifyReply): GatewayError {
    const refusal = asGatewayError(error, gateway.log, request);
    return malformed.has(refusal.code) ? (failedAttempt(request, reply, { server }) ?? refusal) : refusal;
  }

  /** The secret is printed to whoever started this process, and good on this machine alone. */
  function byLink(request: FastifyRequest, link: string): Admittance {
    const { signInLink } = settings;
    const isGood = signInLink !== undefined && sameHash(hashKey(link), hashKey(signInLink.secret));
    const caller = isGood && isFromThisMachine(request) ? gateway.keys.caller(signInLink.keyId) : undefined;
    return caller ? { caller } : { reason: foreignLink };
  }
}

/** Who asks: for the console, and for whoever wonders what a key may do. */
export function meRoutes(app: FastifyInstance, server: Server): void {
  app.get("/v1/me", async ({ caller, sessionHash }) => ({
    ...whoIs(caller, server),
    signed_in: sessionHash !== undefined,
  }));
}

function whoIs({ keyId, name, scopes, channels }: Caller, { gateway, settings }: Server) {
  const isSimulated = gateway.channels.all().some((channel) => channel.simulated);
  return {
    key: { id: keyId, name },
    scopes: allOf(scopes),
    channels: channels.length > 0 ? channels : null,
    simulator_url: isSimulated ? settings.simulatorUrl : undefined,
    public_url: settings.publicUrl,
    now: timestamp(gateway.clock.now()),
  };
}
