import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import type { Caller } from "../core/caller.ts";
import { timestamp } from "../core/clock.ts";
import { allOf } from "../core/scope.ts";
import type { Admittance } from "../gateway/keys.ts";
import { hashKey, sameHash } from "../gateway/secret.ts";
import { admitted } from "./authenticate.ts";
import { isFromThisMachine } from "./hosts.ts";
import { demandOwnPage } from "./same-page.ts";
import type { Server } from "./server.ts";
import { dropToken, keepToken, tokenIn } from "./session-cookie.ts";
import { readBody, rule } from "./shape.ts";

const maxText = 1_000;
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

  app.post("/v1/session", async (request, reply) => {
    const { key, link } = readBody(signInSchema, request.body);
    demandOwnPage(request);
    const admittance = key === undefined ? byLink(request, link!) : gateway.keys.authenticate(key);
    const caller = admitted(request, reply, { server, admittance });
    const { token } = await gateway.sessions.begin(caller, tokenIn(request));
    keepToken(request, reply, token);
    request.caller = caller;
    return reply.code(201).send(whoIs(caller, server));
  });

  app.delete("/v1/session", async (request, reply) => {
    const token = tokenIn(request);
    if (token !== undefined) {
      demandOwnPage(request);
      const hash = hashKey(token);
      // Told in the audit log: by whom it was.
      const caller = gateway.sessions.caller(hash);
      if (caller) request.caller = caller;
      await gateway.sessions.end(hash);
      dropToken(request, reply);
    }
    return reply.code(204).send();
  });

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
